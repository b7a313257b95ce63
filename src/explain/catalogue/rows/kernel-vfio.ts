import { type KnownMessage, rowsOf } from '../message.js'

const KERNEL = { origin: 'kernel', project: 'linux' } as const

/** What the kernel logs, and its answers to VFIO's calls as strace and other tools show them. */
export const KERNEL_VFIO_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci_core.c' }, [
    { id: 'device-requested', text: 'Relaying device request to user (#{number})' },
    {
      id: 'release-blocked',
      text: 'No device request channel registered, blocked until released by user',
    },
    { id: 'vf-token-missing', text: 'VF token required to access device' },
    { id: 'vf-token-missing', text: 'Incorrect VF token provided for device' },
    { id: 'vf-token-unwanted', text: 'VF token incorrectly provided, PF not bound to vfio-pci' },
    // The numbers of VFIO's calls are taken twice, and strace gives every name that a number has.
    {
      id: 'hot-reset-or-map',
      text: 'VFIO_DEVICE_PCI_HOT_RESET or VFIO_IOMMU_MAP_DMA{text} {errno}',
      call: 'hot-reset',
      needsErrno: true,
    },
    {
      id: 'hot-reset-or-map',
      text: 'ioctl({number}, 0x3b71{text} {errno}',
      call: 'hot-reset',
      needsErrno: true,
    },
    {
      id: 'hot-reset-errno',
      text: 'VFIO_DEVICE_PCI_HOT_RESET{text} {errno}',
      call: 'hot-reset',
      needsErrno: true,
    },
    {
      id: 'reset-info-errno',
      text: 'VFIO_DEVICE_GET_PCI_HOT_RESET_INFO{text} {errno}',
      call: 'reset-info',
      needsErrno: true,
    },
    {
      id: 'reset-info-errno',
      text: 'ioctl({number}, 0x3b70{text} {errno}',
      call: 'reset-info',
      needsErrno: true,
    },
    {
      id: 'device-reset-errno',
      text: 'VFIO_DEVICE_RESET{text} {errno}',
      call: 'device-reset',
      needsErrno: true,
    },
    {
      id: 'device-reset-errno',
      text: 'ioctl({number}, 0x3b6f{text} {errno}',
      call: 'device-reset',
      needsErrno: true,
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/device_cdev.c' }, [
    {
      id: 'cdev-bind-failed',
      text: 'VFIO_DEVICE_BIND_IOMMUFD{text} {errno}',
      call: 'bind',
      needsErrno: true,
    },
    // A strace that has not heard of device files takes the number for that of a call on POWER machines.
    {
      id: 'cdev-bind-failed',
      text: 'VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY{text} {errno}',
      call: 'bind',
      needsErrno: true,
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/group.c' }, [
    {
      id: 'container-refused',
      text: 'VFIO_GROUP_SET_CONTAINER{text} {errno}',
      call: 'set-container',
      needsErrno: true,
    },
    {
      id: 'device-refused',
      text: 'VFIO_GROUP_GET_DEVICE_FD{text} {errno}',
      call: 'get-device',
      needsErrno: true,
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/container.c' }, [
    {
      id: 'container-refused',
      text: 'VFIO_SET_IOMMU{text} {errno}',
      call: 'set-iommu',
      needsErrno: true,
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci_config.c' }, [
    { id: 'bars-restored', text: 'reset recovery - restoring BARs' },
    { id: 'capability-hidden', text: 'vfio_ecap_init: hiding ecap' },
    { id: 'capability-hidden', text: 'vfio_cap_init: hiding cap' },
    { id: 'capability-hidden', text: 'vfio_ecap_init: {device} hiding ecap', era: 'old' },
    { id: 'capability-clash', text: 'vfio_cap_init: PCI config conflict @{hex}' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/vfio_iommu_type1.c' }, [
    {
      id: 'interrupts-not-isolated',
      text: 'No interrupt remapping support. Use the module param "allow_unsafe_interrupts"',
    },
    {
      id: 'dma-map-failed',
      text: 'vfio_pin_pages_remote: RLIMIT_MEMLOCK ({number}) exceeded',
      impliedErrno: 'ENOMEM',
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/group.c' }, [
    { id: 'noiommu-used', text: 'Adding kernel taint for vfio-noiommu group on device' },
    { id: 'noiommu-used', text: 'vfio-noiommu device opened by user' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/iommufd/device.c' }, [
    {
      id: 'unsafe-interrupts',
      text: 'MSI interrupts are not secure, they cannot be isolated by the platform',
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/base/dd.c' }, [
    {
      id: 'probe-failed',
      text: 'probe with driver vfio-pci failed with error {errno}',
      call: 'probe',
    },
    {
      id: 'probe-failed',
      text: 'vfio-pci: probe of {device} failed with error {errno}',
      call: 'probe',
      era: 'old',
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/intel/iommu.c' }, [
    {
      id: 'reserved-region',
      text: 'Device is ineligible for IOMMU domain attach due to platform RMRR requirement',
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/iommu.c' }, [
    {
      id: 'reserved-region',
      text: 'Firmware has requested this device have a 1:1 IOMMU mapping, rejecting configuring the device without a 1:1 mapping',
    },
    { id: 'group-changed', text: 'Removing from iommu group {group}' },
    { id: 'group-changed', text: 'Adding to iommu group {group}' },
    { id: 'group-changed', text: 'Adding device {device} to group {group}', era: 'old' },
    { id: 'group-changed', text: 'Removing device {device} from group {group}', era: 'old' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci_core.c' }, [
    { id: 'vfs-enabled', text: '{pci}Cannot bind to PF with SR-IOV enabled' },
    { id: 'vf-token-unwanted', text: 'VF token incorrectly provided, not a PF or VF' },
    { id: 'vf-owner-trust', text: 'VF {word} bound to driver {word} while PF bound to driver' },
    { id: 'interrupt-quirk', text: '{pci}Masking broken INTx support' },
    { id: 'config-lost', text: "vfio_pci_core_disable: Couldn't reload saved state" },
    { id: 'power-inaccessible', text: '{pci}runtime resume failed {number}' },
    { id: 'group-changed', text: 'Captured SR-IOV VF {word} driver_override' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci.c' }, [
    {
      id: 'denied-device',
      text: 'exists in vfio-pci device denylist, driver probing disallowed.',
    },
    { id: 'igd-mode', text: '{pci}Failed to setup Intel IGD regions' },
    { id: 'option-ignored', text: "vfio_pci: unknown parameter '{word}' ignored" },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci_config.c' }, [
    { id: 'interrupt-quirk', text: 'Hardware bug: VF reports bogus INTx pin {number}' },
    { id: 'capability-hidden', text: 'unknown length for PCI cap {hex}' },
    { id: 'capability-hidden', text: 'unknown length for PCI ecap {hex}' },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci_intrs.c' }, [
    {
      id: 'interrupt-quirk',
      text: 'irq bypass producer (token {word}) registration fails: {number}',
    },
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/vfio_main.c' }, [
    {
      id: 'release-blocked',
      text: 'Device is currently in use, task "{word}" ({number}) blocked until device is released',
    },
    { id: 'power-inaccessible', text: 'vfio: runtime resume failed {number}' },
  ]),
]
