import type { DiagnosesWords } from './words.js'

/** Words for what users of VFIO say of their configuration, and for taking a function back. */
export const TAKE_WORDS = {
  'see-above': {
    title: 'the reason is further up',
    meaning:
      'This line says only that it did not work. One before it says why: with Proxmox that from kvm, with DPDK that from EAL.',
    hint: 'Give the lines before this one too.',
  },
  'see-below': {
    title: 'the reason follows it',
    meaning:
      'This line says only that it did not work. After its last colon, or in the lines after it, is what QEMU said; libvirt also keeps that in /var/log/libvirt/qemu/NAME.log.',
    hint: 'Give the whole message, with the lines after this one.',
  },
  'vmm-device-failed': {
    title: 'the VMM could not take the function',
    meaning: 'This text only wraps the reason, which is in the same line or the next.',
    hint: 'Give the whole chain of errors.',
  },
  'vmm-option': {
    title: 'an option of the VM does not fit the function',
    meaning: 'The VMM refuses the combination of options; the text names it.',
    hint: 'Correct the option that the text names.',
  },
  'vmm-unsupported': {
    title: 'the VMM cannot give away this function',
    meaning:
      'The VMM lacks what the function or its driver needs, or was built without it; the text names it.',
    hint: 'Take a newer release of the VMM, or another function.',
  },
  'group-unset-failed': {
    title: 'the group could not be taken out of its container',
    answer: 'Harmless if the process ends; until then the group stays busy.',
    meaning:
      'On its way out Cloud Hypervisor (or another user of rust-vmm) left the group in the container, mostly because a file of one of its functions was still open.',
    hint: 'Look whether the process is gone before the next start.',
  },
  'no-passthrough-device': {
    title: 'nothing in the group can be assigned',
    meaning: 'Kata found only bridges in the IOMMU group.',
    hint: 'Check the number of the group: it changes from boot to boot.',
  },
  'bridge-ignored': {
    title: 'a bridge was left out',
    meaning:
      'Kata leaves bridges of the group on the host, which is right: VFIO does not bind to them.',
    hint: null,
  },
  'group-shared': {
    title: 'several devices share the IOMMU group',
    answer: 'The VM does not start as long as one of them is bound to a host driver.',
    meaning:
      'SPDK warns that the group has more members: all of them have to leave their host drivers before the group opens.',
    hint: 'Bind the other members too, or leave this device to the host.',
  },
  'host-uses-it': {
    title: 'the host uses the disk',
    meaning: 'SPDK leaves the disk alone, because it is mounted or holds data in use.',
    hint: 'That is protection. Unmount it first if you mean it.',
  },
  'unplug-refused': {
    title: 'the VM cannot give the function back while it runs',
    meaning:
      'The host asked QEMU to let go of the function, since somebody unbinds or removes it. QEMU cannot unplug it from where it sits in the guest, so that the unbind waits until the VM ends.',
    hint: 'Stop the VM. To be able to next time, put the function below a pcie-root-port of the guest.',
  },
  'device-requested': {
    title: 'the host asks for its function back',
    answer: 'Harmless at #0; from #10 on the host waits for the VM to release the device.',
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
  'vf-token-missing': {
    title: 'the function opens only with its VF token',
    meaning:
      'A PF that is bound to vfio-pci and its VFs share a token, a UUID, which whoever opens the PF sets. A VF opens only with it, and so does the PF itself while one of its VFs is in use. None or another one was given.',
    hint: 'Give both the same token: QEMU vf-token=UUID on the PF and on the VF.',
  },
  'vf-token-unwanted': {
    title: 'the function wants no VF token',
    meaning:
      'A token was given for a VF whose PF is not bound to vfio-pci, or for a function that is neither PF nor VF.',
    hint: 'Leave vf-token= out.',
  },
  'vf-owner-trust': {
    title: 'a VF is bound to another driver than its PF',
    answer: 'It works; the user of the PF can spy on the VF.',
    meaning:
      'The PF is bound to a VFIO driver, and this VF to one of the host. Whoever has the PF controls its VFs.',
    hint: 'Leave it so only if you trust the user of the PF.',
  },
  'noiommu-used': {
    title: 'a function is handed out without an IOMMU',
    answer:
      'It works, without any protection: the device’s user can write to all memory of the host.',
    meaning:
      'VFIO’s no-IOMMU mode is on, and a function without an IOMMU was bound. QEMU does not accept such a function.',
    hint: 'It is meant for DPDK and the like. For a VM an IOMMU must cover the function.',
  },
  'migration-blocked': {
    title: 'the VM cannot be migrated while it has the function',
    meaning:
      'The function’s driver offers no migration, or not in this configuration. The VM runs all the same.',
    hint: null,
  },
  'module-tainted': {
    title: 'a module without signature was loaded',
    meaning: 'The module works. The kernel only notes that it is not one of its own.',
    hint: null,
  },
  'option-ignored': {
    title: 'an option is not known to this kernel',
    meaning:
      'A parameter of the module does not exist in this build, as vfio-pci’s disable_vga on machines without VGA. The module works without it.',
    hint: null,
  },
} as const satisfies DiagnosesWords
