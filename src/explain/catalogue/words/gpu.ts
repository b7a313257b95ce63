import { POWER_CYCLE } from './cures.js'
import type { DiagnosesWords } from './words.js'

/** Words for what drivers of GPUs say, and the modules that reset them. */
export const GPU_WORDS = {
  'gpu-off-bus': {
    title: 'the GPU has fallen off the bus',
    meaning:
      'NVIDIA’s driver read all ones from the GPU: its link is down, it lost power, or a reset went wrong. Everything else that the driver then says follows from it.',
    hint: `${POWER_CYCLE} If it follows the start or end of a VM, the reset is to blame; under load it is power, heat, a riser, or power saving of the link (pcie_aspm=off to try).`,
  },
  'gpu-init-failed': {
    title: 'the GPU’s driver could not start the GPU',
    meaning:
      'The driver found the GPU and could not bring it up. After a VM has had it, the GPU mostly was not reset: firmware of the last user still runs on it. It also comes from a GPU that lost its link, or a driver that does not know it.',
    hint: 'Look for the reset just before. Bind the GPU to vfio-pci and start the VM again, whose start resets it; else power-cycle the host.',
  },
  'gpu-error': {
    title: 'the GPU’s driver reports an error of the GPU',
    answer: 'Harmless once, if the GPU goes on; right after a reset it was not clean.',
    meaning:
      'NVIDIA’s driver numbers such errors (Xid); many come from a program or guest that did something wrong, others (48, 62, 74, 79, 119, 120) from the GPU or its link.',
    hint: 'Look the number up in NVIDIA’s “XID Errors”.',
  },
  'gpu-taken': {
    title: 'another driver has the GPU',
    meaning:
      'The driver found GPUs that another driver (nouveau, a framebuffer, vfio-pci) is bound to, and was not asked about them. For a GPU that is bound to vfio-pci on purpose that is as it should be.',
    hint: 'If a VM is to have the GPU: nothing. If the host is to have it: unbind it from the other driver.',
  },
  'gpu-held': {
    title: 'the GPU’s driver is still in use',
    meaning:
      'The GPU is to leave NVIDIA’s driver, and a process still has it open. The unbind waits, holding a lock, and everything that touches the device hangs with it.',
    hint: 'End what uses the GPU before unbinding it: display server, nvidia-persistenced, CUDA programs, `lsof /dev/nvidia*`, and unload nvidia_drm.',
  },
  'gpu-hung': {
    title: 'the GPU hung, and its driver resets it',
    answer: 'Harmless if the reset succeeds; else the GPU is unusable until it is reset.',
    meaning:
      'A queue of the GPU did not come to its end, and amdgpu begins to reset the GPU. After a VM has had it, the GPU was not clean.',
    hint: 'Look whether “GPU reset succeeded” follows.',
  },
  'gpu-reset-failed': {
    title: 'the GPU’s driver could not reset it',
    meaning:
      'amdgpu tried to reset the GPU by itself (mode 1, BACO), and the firmware on the GPU did not answer. Binding and unbinding will not change that.',
    hint: `${POWER_CYCLE} For Polaris, Vega and Navi 10 the module vendor-reset knows ways that the kernel does not.`,
  },
  'gpu-reset-done': {
    title: 'the GPU’s driver reset it',
    meaning: 'The GPU was reset and works again.',
    hint: null,
  },
  'vendor-reset-log': {
    title: 'vendor-reset reset the GPU',
    meaning: 'The module vendor-reset notes that it does the reset of this GPU.',
    hint: null,
  },
  'vendor-reset-trouble': {
    title: 'vendor-reset met a GPU that does not answer as it should',
    answer: 'The device may keep its old state: look for “not ready” and timeouts after it.',
    meaning:
      'vendor-reset asked the firmware of the GPU for something and got no answer, or an error. It tries its reset all the same, which mostly fails when the GPU already hangs.',
    hint: 'vendor-reset helps a GPU that still runs: use it before the driver of the host or a guest has hung. Then only power-cycling the host is left.',
  },
  'vga-decodes': {
    title: 'the kernel arbitrates who has the VGA addresses',
    meaning: 'A driver no longer answers to the old VGA addresses. It is normal.',
    hint: null,
  },
  'vfs-disabled': {
    title: 'the PF’s driver took its VFs away',
    answer: 'The virtual functions are gone; harmless if nobody was to have one.',
    meaning:
      'The PF left its driver, or the driver was told to, and all its VFs ceased to exist, whoever used them.',
    hint: 'Keep the PF bound to its driver, and give a VM one VF only.',
  },
  'vfs-gone': {
    title: 'the VM takes the PF, and with it all VFs go',
    meaning:
      'The PF left its driver for the VM, so that its VFs ceased to exist, and the VM then asked for one of them. “All functions” of a device with SR-IOV means the PF too.',
    hint: 'Name one VF alone (Proxmox: hostpci0: 0000:00:02.1, without “All Functions”), and create the VFs again (sriov_numvfs), or reboot.',
  },
  'vfs-failed': {
    title: 'the VFs could not be made',
    meaning:
      'The kernel or the PF’s driver refused to switch on that many virtual functions: no address space or bus numbers for them, a driver without SR-IOV, or VFs that are on already.',
    hint: 'Switch them off before another number is set (`echo 0 > sriov_numvfs`). For want of MMIO or bus numbers: “SR-IOV” and “Above 4G Decoding” in the firmware, or pci=realloc,assign-busses.',
  },
} as const satisfies DiagnosesWords
