/** Words for what the kernel logs about a function: power, links, tokens, interrupts, reserved memory. */
export const EXPLAIN_KERNEL_WORDS = {
  'not-ready': {
    title: 'the function is slow to come back',
    meaning:
      'After a reset or out of sleep the function answers with “not ready yet”. The kernel waits up to a minute. Once or twice is normal.',
    hint: 'If “giving up” follows, it did not come back.',
  },
  'gave-up': {
    title: 'the function did not come back',
    meaning:
      'After a reset or out of sleep (resume) the function did not answer within a minute. That is power or link, not ownership: the caller gets ENOTTY or finds all ones.',
    hint: 'Power-cycle the host. If it recurs after “resume”, keep the function out of D3cold (d3cold_allowed = 0, or vfio-pci.disable_idle_d3=1).',
  },
  'power-inaccessible': {
    title: 'the function cannot be woken',
    meaning:
      'It sleeps in D3cold or has lost its link, and its configuration space does not answer. That is often taken for the AMD reset bug, and has another cure.',
    hint: 'Keep it out of D3cold: d3cold_allowed = 0 for the function and the port above, vfio-pci.disable_idle_d3=1. Once it is stuck, power-cycle.',
  },
  'config-lost': {
    title: 'the function no longer answers',
    meaning:
      'Before a reset the kernel saves the configuration space, and it reads as all ones: the function was taken out, has lost its link, or is without power. There was nothing to restore afterwards.',
    hint: 'Look for “Card not present”, “Link Down” and “Link Active not set” around it.',
  },
  'link-not-up': {
    title: 'the link below a port did not come back',
    meaning:
      'After a reset, or out of sleep, the kernel waited for the link of the port, and the port never said that it is up. A hot reset then ends with ENOTTY, although the functions may have been reset. Ports whose slot is empty say it as well.',
    hint: null,
  },
  'flr-failed': {
    title: 'the function did not survive its FLR',
    meaning: 'A reset of the function alone was started, and the function never answered again.',
    hint: 'Power-cycle it. To have another reset used: `echo bus > reset_method`, if the function is alone on its bus.',
  },
  'device-requested': {
    title: 'the host asks for its function back',
    meaning:
      'Somebody unbinds the function or removes it, and VFIO asks its user, such as QEMU, to let go. #0 is the first request, and normal. The line comes again with every tenth: from #10 on the user does not let go, and the unbind hangs until it does.',
    hint: 'From #10 on: stop the VM, or unplug the function from it (device_del, virsh detach-device).',
  },
  'release-blocked': {
    title: 'unbinding waits for the user of the function',
    meaning:
      'Somebody unbinds the function while a process has it open, and that process offers no way to be asked. The unbind hangs until the process closes it.',
    hint: 'End the process that holds the file under /dev/vfio; `vfio-reset inspect` names it.',
  },
  'surprise-removal': {
    title: 'a slot lost its link or its card',
    meaning:
      'pciehp saw the link of the slot go down, or its card go, and removes the functions below: their user loses them. If a reset came just before, pciehp took it for an unplug, and adds the functions again. Otherwise the card was taken out, lost power, or its link died.',
    hint: 'If it follows a reset: use a reset of the function itself, or take the port from pciehp.',
  },
  'group-changed': {
    title: 'a function got its IOMMU group',
    meaning: 'The kernel notes that a function joined or left a group.',
    hint: null,
  },
  'capability-hidden': {
    title: 'a capability is hidden from the guest',
    meaning: 'VFIO does not show this capability to the guest. It is normal.',
    hint: null,
  },
  'vf-token-missing': {
    title: 'the function opens only with its VF token',
    meaning:
      'A PF on vfio-pci and its VFs share a token, a UUID, which whoever opens the PF sets. A VF opens only with it, and so does the PF itself while one of its VFs is in use. None or another one was given.',
    hint: 'Whoever opens the PF sets the token, and its VFs open with the same one (QEMU: vf-token=).',
  },
  'vf-token-unwanted': {
    title: 'a token was given for a VF that wants none',
    meaning: 'The PF is not on vfio-pci. Then a VF opens without a token, and only without.',
    hint: 'Leave vf-token= out.',
  },
  'probe-failed': {
    title: 'vfio-pci did not take the function',
    meaning:
      'The function was to be bound to vfio-pci, and stays without driver. Error -22 (EINVAL): it has no IOMMU group, since there is no IOMMU or it is switched off, or it is a bridge. Error -16 (EBUSY): it is a PF whose VFs are switched on.',
    hint: null,
  },
  'unsafe-interrupts': {
    title: 'the platform cannot isolate interrupts, and that was accepted',
    meaning:
      'There is no interrupt remapping, and allow_unsafe_interrupts lets iommufd hand out the function all the same. A guest that is not trusted could forge interrupts.',
    hint: 'Switch interrupt remapping on in the firmware, and leave the parameter out.',
  },
  'noiommu-used': {
    title: 'a function is handed out without an IOMMU',
    meaning:
      'VFIO’s no-IOMMU mode is on, and a function without an IOMMU was bound. Its user can have it write to all memory of the host. QEMU takes no such function.',
    hint: 'It is meant for DPDK and the like. For a VM switch the IOMMU on instead.',
  },
  'capability-clash': {
    title: 'two capabilities of the function overlap',
    meaning:
      'The list of capabilities in the function’s configuration space gives two of them the same bytes. That is a fault of the device. VFIO goes on; QEMU may stop with “failed to add PCI capability”.',
    hint: null,
  },
  'interrupts-not-isolated': {
    title: 'interrupts are not isolated',
    meaning:
      'The platform cannot keep functions from forging interrupts (no interrupt remapping), so VFIO refuses the group.',
    hint: 'Switch interrupt remapping on in the firmware. allow_unsafe_interrupts=1 (vfio_iommu_type1) accepts the risk.',
  },
  'reserved-region': {
    title: 'the firmware keeps the function for itself',
    meaning:
      'The firmware has reserved memory for the function (RMRR on Intel, IVMD on AMD), which it may access at any time, mapped 1:1. Such a function cannot be given away.',
    hint: 'Switch off “Kernel DMA Protection” or “Pre-boot DMA Protection” in the firmware, or what reserves the memory (HPE servers have a setting for each slot); or take another slot.',
  },
} as const
