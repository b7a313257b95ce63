import type { DiagnosesWords } from './words.js'

const MEMBERS =
  'Give every function of that set to the same VM, or rely on a reset of the function itself.'

/** Words about resets: who refused them, and what the kernel notes of them. */
export const RESET_WORDS = {
  'foreign-group': {
    title: 'the reset would affect a group that the VM does not own',
    meaning:
      'QEMU wanted to hot-reset the function. The reset affects functions of other IOMMU groups too, and the VM has opened only some of those groups. QEMU names the first one that is missing and stops; there may be more. It prints this only for functions without PM reset, so silence proves nothing.',
    hint: MEMBERS,
  },
  'foreign-device': {
    title: 'the reset would affect a function that is not in the VM’s iommufd context',
    meaning:
      'QEMU wanted to hot-reset a function that it opened through iommufd. The kernel says that the reset affects a function which is neither bound to this context nor in a group that is. QEMU prints one line for each.',
    hint: MEMBERS,
  },
  'no-bus-or-slot-reset': {
    title: 'neither a bus reset nor a slot reset exists',
    meaning:
      'The kernel answered that it can reset neither the slot nor the bus of the function: it is on a root bus, on the bus of VFs, or a quirk forbids bus resets. No ownership would change that.',
    hint: null,
  },
  'hot-reset-refused': {
    title: 'the kernel refused the hot reset',
    meaning: 'VFIO_DEVICE_PCI_HOT_RESET came back with an error.',
    hint: 'Look which functions the reset affects and who owns them: `vfio-reset inspect` shows it.',
  },
  'hot-reset-done': {
    title: 'a hot reset was done',
    meaning: 'VFIO_DEVICE_PCI_HOT_RESET succeeded: all functions of the set were reset.',
    hint: null,
  },
  'hot-reset-info-failed': {
    title: 'the kernel did not say what the reset affects',
    meaning:
      'VFIO_DEVICE_GET_PCI_HOT_RESET_INFO failed, so the caller never got as far as asking for the reset.',
    hint: null,
  },
  'info-never-fits': {
    title: 'the kernel says that the list of functions does not fit',
    meaning:
      'VFIO_DEVICE_GET_PCI_HOT_RESET_INFO is asked twice: how many functions there are, and then, with room for as many, which. ENOSPC is normal the first time. Here it came the second time: functions were added in between, or the kernel miscounts.',
    hint: 'If it comes back, take a kernel that counts: at fault were 6.9.7 and stable releases near it, before 6.10 (bugzilla.kernel.org 219010).',
  },
  'info-changed': {
    title: 'functions came or went in between',
    answer: 'Harmless if the next attempt succeeds; else the device keeps its old state.',
    meaning:
      'Between the two calls of VFIO_DEVICE_GET_PCI_HOT_RESET_INFO a function was added to the set.',
    hint: 'Start the VM again. If it comes back, something keeps adding or removing functions (hotplug, SR-IOV).',
  },
  'no-group': {
    title: 'a function of the set has no IOMMU group',
    meaning:
      'The group form of the question needs a group for every function that the reset affects, and one has none. That happens without an IOMMU and in no-IOMMU mode. EPERM comes from this question, never from the ownership test of the reset itself, which says EINVAL.',
    hint: 'Bind every function that the reset affects to vfio-pci, or open the function as a device file (iommufd), which needs no groups here.',
  },
  'dependent-devices': {
    title: 'the functions that a hot reset affects',
    meaning: 'A trace of QEMU that lists what the kernel says a hot reset affects. It is no error.',
    hint: null,
  },
  'reset-ioctl-failed': {
    title: 'a reset call failed',
    meaning:
      'Wording of a patch of 2022 to QEMU: the reset of the function alone, or that of its bus, was tried and the kernel refused it.',
    hint: null,
  },
  'hot-reset-errno': {
    title: 'VFIO_DEVICE_PCI_HOT_RESET was refused',
    meaning:
      'The kernel refused to reset the bus or slot. EINVAL has seven causes here; a missing group or function of another owner is one of them, and EPERM is not.',
    hint: null,
  },
  'hot-reset-or-map': {
    title: 'a hot reset, or a mapping of memory, was refused',
    answer:
      'The device keeps its old state, or the VM does not start: two calls look the same here.',
    meaning:
      'VFIO_DEVICE_PCI_HOT_RESET on the file of a function and VFIO_IOMMU_MAP_DMA on that of a container have the same number, and a trace of calls cannot tell them apart. The causes below are those of the hot reset.',
    hint: 'Look further up what the number of the file is: VFIO_GROUP_GET_DEVICE_FD returned that of a function, an open of /dev/vfio/vfio that of a container.',
  },
  'reset-info-errno': {
    title: 'VFIO_DEVICE_GET_PCI_HOT_RESET_INFO failed',
    meaning:
      'The kernel did not list what a hot reset affects. ENOSPC is the normal answer to the first of two calls.',
    hint: null,
  },
  'device-reset-errno': {
    title: 'VFIO_DEVICE_RESET was refused',
    meaning:
      'The reset of the function alone (FLR, PM and the like) was refused. Nobody is asked about ownership there.',
    hint: 'Read the function’s reset_method: an empty file means that there is none.',
  },
  'libvirt-reset-failed': {
    title: 'libvirt could not reset the function',
    meaning:
      'libvirt says only that its own reset failed; the reason is after the second colon. libvirt leaves out its reset for functions that are bound to vfio-pci, so this one was not, or the host runs Xen.',
    hint: 'Bind the function to vfio-pci before the VM starts; then QEMU resets it.',
  },
  'bus-shared': {
    title: 'libvirt regards another function on the bus as active',
    meaning:
      'libvirt resets a bus only when every other function on it belongs to the same VM or to nobody. It compares bus numbers only, and calls active whatever is not on its own list of idle functions, even a function without driver. That is neither the set that the kernel resets nor the rule of VFIO.',
    hint: 'Give both functions to the VM, or bind both to vfio-pci first: then libvirt leaves its reset out.',
  },
  'no-reset-method': {
    title: 'libvirt found no way to reset the function',
    meaning:
      'libvirt found neither FLR, nor a PM reset, nor a bus reset that it dares. The start stops there: libvirt prefers a refused VM to one that gets a function with the state of its last user.',
    hint: 'Bind the function to vfio-pci before the VM starts. On Qubes, no-strict-reset switches the check off: the VM then sees what the last one left.',
  },
  'root-bus': {
    title: 'no bridge above the function',
    meaning:
      'The function is on a root bus. No bridge is there through which its bus could be reset, so only a reset of its own can clear it.',
    hint: null,
  },
  'sysfs-reset-enotty': {
    title: 'the reset through sysfs is not available',
    meaning:
      'A 1 was written to the function’s reset file in sysfs, and the kernel did not reset the function; with ENOTTY it has no reset for it alone. Proxmox and Xen go on without. VFIO can still reset the whole bus when the VM starts.',
    hint: null,
  },
  'unsupported-reset-method': {
    title: 'somebody wrote a reset method that the function does not have',
    answer: 'The resets of the function are as they were before.',
    meaning:
      'The file reset_method takes only names that the kernel offers for this function. `device_specific` is offered only where the kernel itself has a reset for the device; a module such as vendor-reset adds its own only if it knows the device.',
    hint: 'Read reset_method before writing it. With vendor-reset: check that it is loaded and that it lists the device’s ID.',
  },
  'reset-methods-emptied': {
    title: 'somebody switched off the resets of the function',
    answer: 'The device keeps its old state unless VFIO can reset it with its bus.',
    meaning:
      'Somebody wrote an empty line to the function’s reset_method. From now on the kernel has no reset for the function alone. A hot reset through VFIO is not affected.',
    hint: '`echo default > reset_method` brings them back.',
  },
  'reset-log': {
    title: 'the kernel reset the function',
    meaning:
      'The kernel notes that a reset of the function was tried, or is over: of the function alone, or with its bus or slot; then its neighbours have the same line at the same time.',
    hint: null,
  },
  'reset-slow': {
    title: 'the function came back from its reset, slowly',
    meaning: 'It answered later than a second after the reset, and works.',
    hint: null,
  },
  'bars-restored': {
    title: 'the function was reset behind its user’s back',
    answer:
      'Harmless once, after the guest’s driver has started; many in a row: the device is dead.',
    meaning:
      'When the guest switched on the function’s memory, its address registers (BARs) did not hold what the host had put there, and VFIO put it back. Something reset the function in a way that VFIO did not see: the guest’s driver by registers of the device, somebody on the host past VFIO (sysfs, setpci), or a loss of power.',
    hint: 'Look for “resetting”, “not ready” and “Unable to change power state” around it.',
  },
  'reset-pending-io': {
    title: 'the function was reset while transfers were under way',
    answer: 'Harmless if the device comes back: no “giving up” follows.',
    meaning:
      'Before an FLR the kernel waits for the function to finish its transfers. This one did not within a tenth of a second, and was reset all the same. A driver or guest had left it running.',
    hint: 'If it comes at every start, shut the guest down rather than stopping it hard.',
  },
} as const satisfies DiagnosesWords
