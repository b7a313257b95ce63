/** Words for the messages that are not about the hot reset itself: opening, binding, power, the host. */
export const EXPLAIN_REST_WORDS = {
  'stuck-power': {
    title: 'the function does not wake up',
    meaning:
      'QEMU asked for full power (D0) before the reset, and the function stayed where it was. It is dead, or its link is down.',
    hint: 'Look for “not ready” and “Unable to change power state” in the kernel log. Usually only a power cycle helps.',
  },
  'group-not-viable': {
    title: 'a neighbour in the IOMMU group is on a host driver',
    meaning:
      'A group opens only if none of its members is on a native driver. Bridges and members without any driver do not count here (for a hot reset a member without driver does count).',
    hint: 'Bind the other functions of the group to vfio-pci, or take them off their driver.',
  },
  'cdev-bind-failed': {
    title: 'the function could not be bound to the iommufd context',
    meaning:
      'VFIO_DEVICE_BIND_IOMMUFD failed. Usually somebody else has the function, its group file, or another function of its group.',
    hint: null,
  },
  'no-cdev': {
    title: 'there is no device file for the function',
    meaning:
      'QEMU or Cloud Hypervisor wanted /dev/vfio/devices/vfioN and found none it could open: the kernel is older than 6.6 or built without VFIO_DEVICE_CDEV, the function is not on vfio-pci, or the file’s owner is another user.',
    hint: 'Bind the function to vfio-pci and look into its folder vfio-dev in sysfs. Without iommufd= QEMU takes the group file instead.',
  },
  'iommufd-unopened': {
    title: 'iommufd could not be opened',
    meaning:
      'The VM was to use iommufd (QEMU: iommufd=), and /dev/iommu could not be opened: it belongs to root, is missing in the container, or the kernel was built without IOMMUFD.',
    hint: 'Give the VM’s user access to /dev/iommu. Without iommufd= QEMU takes the group file instead.',
  },
  'no-iommu': {
    title: 'the function has no IOMMU group',
    meaning:
      'No IOMMU covers the function: it is switched off in the firmware, the kernel was not told to use it, or the machine has none.',
    hint: 'Switch on VT-d or AMD-Vi in the firmware; on Intel also boot with intel_iommu=on.',
  },
  'dup-attach': {
    title: 'the VM was given the function twice',
    meaning: 'The same function stands twice in the VM’s configuration.',
    hint: 'Remove one of the two.',
  },
  'open-failed': {
    title: 'the VFIO file could not be opened',
    meaning:
      'VFIO hands out one file for each IOMMU group, and one process at a time can have it open.',
    hint: null,
  },
  'container-refused': {
    title: 'the group could not be added to the VM’s address space',
    meaning:
      'The group file was opened, but the kernel refused to attach the group to the container.',
    hint: null,
  },
  'device-refused': {
    title: 'the group was opened, but not the function',
    meaning: 'The group file was opened, and the kernel refused to hand out the function.',
    hint: 'Bind every function of the group to vfio-pci, and end whoever holds one.',
  },
  'dma-map-failed': {
    title: 'the guest’s memory could not be mapped',
    meaning:
      'VFIO pins all memory of the guest. ENOMEM means that the limit of locked memory is too low, EINVAL that an address is beyond what the IOMMU reaches, EEXIST that something is mapped there already, EFAULT that it was memory of a device, which iommufd does not pin (Cloud Hypervisor: vfio_p2p_dma=off). It has nothing to do with resets.',
    hint: 'Raise the limit of locked memory (ulimit -l, LimitMEMLOCK=), libvirt: <memtune><hard_limit>.',
  },
  'address-spaces': {
    title: 'functions of one group are in different address spaces of the guest',
    meaning:
      'The VM has a virtual IOMMU, which gives each function an address space of its own. Functions of one IOMMU group of the host share one, so that QEMU refuses the second.',
    hint: 'Put the functions of the group behind one bridge of the guest (pcie-pci-bridge), or start the VM without a virtual IOMMU.',
  },
  'kvm-not-told': {
    title: 'QEMU takes back what it never told KVM',
    meaning:
      'QEMU cleans up after another failure and wants KVM to forget a function that KVM was never told of, as without KVM. The failure is another message.',
    hint: null,
  },
  'bad-capability': {
    title: 'QEMU cannot show a capability of the function to the guest',
    meaning:
      'QEMU rebuilds the function’s list of capabilities for the guest, and one of them does not fit: it overlaps another, or the tables of MSI-X are not where they may be. The text behind the second colon says which. That is a fault of the device.',
    hint: null,
  },
  'unplug-refused': {
    title: 'the VM cannot give the function back while it runs',
    meaning:
      'The host asked QEMU to let go of the function, since somebody unbinds or removes it. QEMU cannot unplug it from where it sits in the guest, so that the unbind waits until the VM ends.',
    hint: 'Stop the VM. To be able to next time, put the function below a pcie-root-port of the guest.',
  },
  'dead-device': {
    title: 'the function answers with garbage',
    meaning:
      'What was read of it, an interrupt pin that no function has or a header of type 127, is what all ones look like: the configuration space does not answer. Often a reset before that went wrong, and the function is gone from the bus.',
    hint: 'No reset is sure to bring it back; often only a power cycle of the host does.',
  },
  'in-use': {
    title: 'the function belongs to another VM',
    meaning: 'libvirt’s own list says that a running VM has the function.',
    hint: 'Stop that VM, or give this one another function.',
  },
  'not-endpoint': {
    title: 'only endpoints can be assigned',
    meaning: 'The address is that of a bridge. VFIO takes no bridge.',
    hint: 'Give the function below the bridge.',
  },
  'config-access': {
    title: 'the configuration space could not be accessed',
    meaning: 'libvirt could not read or write the function’s config file in sysfs.',
    hint: 'Look whether the function still exists, and whether AppArmor, SELinux or lockdown stand in the way.',
  },
  'driver-override-refused': {
    title: 'libvirt could not write driver_override',
    meaning:
      'libvirt wanted to bind the function to another driver, and the function’s file driver_override in sysfs did not take the name. EACCES: libvirt did not run as root (qemu:///session), or in a container that has sysfs read-only.',
    hint: 'Bind it as root before, with managed="no" in the domain.',
  },
  'acs-missing': {
    title: 'a switch above lacks ACS',
    meaning:
      'libvirt wants source validation, request and completion redirect and upstream forwarding on the downstream port above the function. This is libvirt’s own check, not that of the kernel.',
    hint: 'Assign everything below that switch to the same VM. relaxed_acs_check = 1 in qemu.conf switches the check off.',
  },
  'not-bound': {
    title: 'the function is not on vfio-pci',
    meaning: 'Whoever starts the VM expects the function on vfio-pci already, and it is not.',
    hint: "Bind it first (driverctl set-override ADDRESS vfio-pci), or in libvirt set managed='yes'.",
  },
  misleading: {
    title: 'libvirt found VFIO unusable; the text blames the whole host',
    meaning:
      'libvirt looks only whether /dev/vfio/vfio exists and whether there are IOMMU groups. The text also comes when the module vfio-pci is not loaded or the container lacks the files, with an IOMMU that works.',
    hint: 'Check `ls /dev/vfio /sys/kernel/iommu_groups` where libvirt runs; `modprobe vfio-pci` may be all that is missing.',
  },
  'see-above': {
    title: 'the reason stands further up',
    meaning:
      'This line says only that it did not work. One before it says why: with Proxmox that from kvm, with DPDK that from EAL.',
    hint: 'Give the lines before this one too.',
  },
  'vmm-device-failed': {
    title: 'Cloud Hypervisor could not take the function',
    meaning: 'This text only wraps the reason, which stands in the same line or the next.',
    hint: 'Give the whole chain of errors.',
  },
  'group-unset-failed': {
    title: 'the group could not be taken out of its container',
    meaning:
      'On its way out Cloud Hypervisor (or another user of rust-vmm) left the group in the container, mostly because a file of one of its functions was still open. The group stays busy until the process ends.',
    hint: 'Look whether the process is gone before the next start.',
  },
  'no-passthrough-device': {
    title: 'nothing in the group can be assigned',
    meaning: 'Kata found only bridges in the IOMMU group.',
    hint: 'Check the number of the group: it changes from boot to boot.',
  },
  'bridge-ignored': {
    title: 'a bridge was left out',
    meaning: 'Kata leaves bridges of the group on the host, which is right: VFIO takes none.',
    hint: null,
  },
  'group-shared': {
    title: 'several devices share the IOMMU group',
    meaning:
      'SPDK warns that the group has more members: all of them have to leave their host drivers before the group opens.',
    hint: 'Bind the other members too, or leave this device to the host.',
  },
  'host-uses-it': {
    title: 'the host uses the disk',
    meaning: 'SPDK leaves the disk alone, because it is mounted or holds data in use.',
    hint: 'That is protection. Unmount it first if you mean it.',
  },
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
      'Somebody unbinds the function or removes it, and VFIO asks the VM to let go. The number counts the requests.',
    hint: null,
  },
  'release-blocked': {
    title: 'unbinding waits for the user of the function',
    meaning:
      'Somebody unbinds the function while a process has it open, and that process offers no way to be asked. The unbind hangs until the process closes it.',
    hint: 'End the process that holds the file under /dev/vfio; `vfio-reset inspect` names it.',
  },
  'surprise-removal': {
    title: 'the hotplug driver took the reset for an unplug',
    meaning:
      'pciehp saw the link go down. Right after a reset that means that the port counts the lost link as an unplug: the function is removed and added again, and its user loses it.',
    hint: 'Use a reset of the function itself, or take the port from pciehp.',
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
    title: 'the VF opens only with the token of its PF',
    meaning:
      'The PF is on vfio-pci too, and whoever has it decides who may use its VFs: by a token, a UUID. None or another one was given.',
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
      'The function was to be bound to vfio-pci, and stays without driver. Error -22 (EINVAL): it has no IOMMU group, since there is no IOMMU or it is switched off, or it is a bridge.',
    hint: 'Switch on VT-d or AMD-Vi in the firmware; on Intel also boot with intel_iommu=on.',
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
      'The firmware has reserved memory for the function (RMRR), which it may access at any time. Such a function cannot be given away.',
    hint: 'Look for a firmware setting that ends it (on HPE servers there is one), or take another slot.',
  },
} as const
