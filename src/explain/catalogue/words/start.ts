import { SWITCH_ON_IOMMU } from './cures.js'
import type { DiagnosesWords } from './words.js'

/** Words for what programs say when a VM starts: opening, binding, giving a function away. */
export const START_WORDS = {
  'group-not-viable': {
    title: 'a neighbour in the IOMMU group is bound to a host driver',
    meaning:
      'A group opens only if none of its members is bound to a native driver. Bridges and members without any driver do not count here (for a hot reset a member without driver does count).',
    hint: 'Bind the other functions of the group to vfio-pci, or unbind them from their driver.',
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
      '/dev/vfio/devices/vfioN was wanted, and there is none that could be opened: the kernel is older than 6.6 or built without VFIO_DEVICE_CDEV, the function is not bound to vfio-pci, or the file’s owner is another user.',
    hint: 'Bind the function to vfio-pci and look into its folder vfio-dev in sysfs. Without iommufd= QEMU takes the group file instead; KubeVirt does so with its feature gate for IOMMUFD off.',
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
      'No IOMMU covers the function: it is switched off, the kernel was not told to use it, or the machine has none for this function.',
    hint: SWITCH_ON_IOMMU,
  },
  'no-iommu-here': {
    title: 'the host has no active IOMMU',
    meaning:
      'Whoever starts the VM looked for an IOMMU (/sys/class/iommu, /sys/kernel/iommu_groups) and found none.',
    hint: SWITCH_ON_IOMMU,
  },
  'dup-attach': {
    title: 'the VM was given the function twice',
    meaning: 'The same function is listed twice in the VM’s configuration.',
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
  'kvm-refused': {
    title: 'KVM did not accept the group or function',
    meaning:
      'The VMM tells KVM which groups the VM has (KVM_DEV_VFIO_GROUP_ADD), and KVM refused: mostly there is no KVM in use.',
    hint: 'Look whether /dev/kvm is there and the VMM uses it.',
  },
  'bad-capability': {
    title: 'QEMU cannot show a capability of the function to the guest',
    meaning:
      'QEMU rebuilds the function’s list of capabilities for the guest, and one of them does not fit: it overlaps another, or the tables of MSI-X are not where they may be. The text after the second colon says which. That is a fault of the device.',
    hint: null,
  },
  'in-use': {
    title: 'the function belongs to another VM',
    meaning: 'libvirt’s own list says that a running VM has the function.',
    hint: 'Stop that VM, or give this one another function.',
  },
  'not-endpoint': {
    title: 'only endpoints can be assigned',
    meaning: 'The address is that of a bridge. VFIO does not bind to bridges.',
    hint: 'Give the function below the bridge.',
  },
  'config-access': {
    title: 'the configuration space could not be accessed',
    meaning: 'The function’s config file in sysfs could not be read or written.',
    hint: 'Look whether the function still exists, and whether AppArmor, SELinux or lockdown stand in the way.',
  },
  'config-unread': {
    title: 'the configuration space could not be opened by lspci',
    meaning:
      'lspci saw the function’s folder in sysfs and could not open its configuration space. “No such file or directory”: the function went at that moment, or this sandbox does not show it. “Permission denied”: a security policy forbids it.',
    hint: 'Look in the kernel log whether the function was removed (“Link Down”, “Card not present”).',
  },
  'sysfs-write-refused': {
    title: 'the kernel did not take what a script wrote to sysfs',
    meaning:
      'The file tells more than the errno. To `bind`: “No such device”, the driver does not know the function’s IDs, or does not match driver_override; “Invalid argument”, vfio-pci found no IOMMU group; “Device or resource busy”, VFs are switched on. To `unbind`: “No such device”, the function is not bound to that driver. To `new_id`: “File exists”, it is known there, which is harmless. To `reset`: “Inappropriate ioctl for device”, the function has no reset of its own. To `sriov_numvfs`: “Device or resource busy”, write 0 first.',
    hint: 'Look which line of the script wrote, and to which file; the kernel log often says more. `vfio-reset preflight DEVICE` shows the commands that bind it.',
  },
  'driver-override-refused': {
    title: 'driver_override could not be written',
    meaning:
      'The function was to be bound to another driver, and its file driver_override in sysfs did not take the name. EACCES: whoever wrote is not root (libvirt: qemu:///session), or is in a container that has sysfs read-only.',
    hint: 'Bind it as root before, with managed="no" in a libvirt domain.',
  },
  'unbind-failed': {
    title: 'the function could not be moved from its driver to vfio-pci',
    meaning:
      'Unbinding from the driver of the host, or binding to vfio-pci, failed. The host’s driver may still be in use (a GPU with a console or display server, a mounted disk), or vfio-pci refused the function; the kernel log says why.',
    hint: 'End what uses the function on the host. Better: bind it to vfio-pci at boot (vfio-pci.ids=, driverctl), so that no other driver ever has it.',
  },
  'module-missing': {
    title: 'the module vfio-pci is not there',
    meaning: 'Whoever starts the VM tried to load vfio-pci, and it is not loaded afterwards.',
    hint: 'Run `modprobe vfio-pci` as root and read its answer: the running kernel’s modules may be gone after an update (reboot), the module may be blacklisted, or its signature not accepted under Secure Boot.',
  },
  'acs-missing': {
    title: 'a switch above lacks ACS',
    meaning:
      'libvirt wants source validation, request and completion redirect and upstream forwarding on the downstream port above the function. This is libvirt’s own check, not that of the kernel.',
    hint: 'Assign everything below that switch to the same VM. relaxed_acs_check = 1 in qemu.conf switches the check off.',
  },
  'not-bound': {
    title: 'the function is not bound to vfio-pci',
    meaning:
      'Whoever starts the VM expects the function to be bound to vfio-pci already, and it is not.',
    hint: "Bind it first (driverctl set-override ADDRESS vfio-pci), or in libvirt set managed='yes'.",
  },
  misleading: {
    title: 'libvirt found VFIO unusable; the text blames the whole host',
    meaning:
      'libvirt looks only whether /dev/vfio/vfio exists and whether there are IOMMU groups. The text also comes when the module vfio-pci is not loaded or the container lacks the files, even though the IOMMU works.',
    hint: 'Check `ls /dev/vfio /sys/kernel/iommu_groups` where libvirt runs; `modprobe vfio-pci` may be all that is missing.',
  },
  'no-such-device': {
    title: 'the host has no such function',
    meaning:
      'The address in the VM’s configuration names no function of the host now. Addresses change when cards are added or moved or the firmware is changed; VFs cease to exist when their PF loses its driver; a function that died is removed.',
    hint: 'Look with `lspci -D` what address the device has now, and correct the VM’s configuration.',
  },
  'denied-device': {
    title: 'vfio-pci refuses this device',
    meaning:
      'The device is on vfio-pci’s denylist, because the kernel’s developers know that it cannot be given away safely (Intel QAT of some generations).',
    hint: 'vfio-pci.disable_denylist=1 overrules it, for guests that you trust.',
  },
  'vfs-enabled': {
    title: 'the function is a PF whose VFs are switched on',
    meaning: 'vfio-pci does not bind to a PF while VFs of it exist.',
    hint: 'Switch the VFs off (`echo 0 > sriov_numvfs`) and bind the PF then, or give the VM a VF.',
  },
  'probe-failed': {
    title: 'vfio-pci did not bind to the function',
    meaning:
      'The function was to be bound to vfio-pci, and stays without driver. Error -22 (EINVAL): it has no IOMMU group, since no IOMMU covers it or it is switched off, or it is a bridge. Error -16 (EBUSY): it is a PF whose VFs are switched on.',
    hint: null,
  },
} as const satisfies DiagnosesWords
