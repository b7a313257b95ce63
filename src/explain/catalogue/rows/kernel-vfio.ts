import { type KnownMessage, rowsOf } from '../message.js'

const KERNEL = { origin: 'kernel', project: 'linux' } as const

/** What the kernel logs, and its answers to VFIO's calls as strace and other tools show them. */
export const KERNEL_VFIO_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci_core.c' }, [
    ['device-requested', 'Relaying device request to user (#{number})'],
    ['release-blocked', 'No device request channel registered, blocked until released by user'],
    ['vf-token-missing', 'VF token required to access device'],
    ['vf-token-missing', 'Incorrect VF token provided for device'],
    ['vf-token-unwanted', 'VF token incorrectly provided, PF not bound to vfio-pci'],
    // The numbers of VFIO's calls are taken twice, and strace gives every name that a number has.
    [
      'hot-reset-or-map',
      'VFIO_DEVICE_PCI_HOT_RESET or VFIO_IOMMU_MAP_DMA{text} {errno}',
      { call: 'hot-reset', needsErrno: true },
    ],
    [
      'hot-reset-or-map',
      'ioctl({number}, 0x3b71{text} {errno}',
      { call: 'hot-reset', needsErrno: true },
    ],
    [
      'hot-reset-errno',
      'VFIO_DEVICE_PCI_HOT_RESET{text} {errno}',
      { call: 'hot-reset', needsErrno: true },
    ],
    [
      'reset-info-errno',
      'VFIO_DEVICE_GET_PCI_HOT_RESET_INFO{text} {errno}',
      { call: 'reset-info', needsErrno: true },
    ],
    [
      'reset-info-errno',
      'ioctl({number}, 0x3b70{text} {errno}',
      { call: 'reset-info', needsErrno: true },
    ],
    [
      'device-reset-errno',
      'VFIO_DEVICE_RESET{text} {errno}',
      { call: 'device-reset', needsErrno: true },
    ],
    [
      'device-reset-errno',
      'ioctl({number}, 0x3b6f{text} {errno}',
      { call: 'device-reset', needsErrno: true },
    ],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/device_cdev.c' }, [
    [
      'cdev-bind-failed',
      'VFIO_DEVICE_BIND_IOMMUFD{text} {errno}',
      { call: 'bind', needsErrno: true },
    ],
    // A strace that has not heard of device files takes the number for that of a call on POWER machines.
    [
      'cdev-bind-failed',
      'VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY{text} {errno}',
      { call: 'bind', needsErrno: true },
    ],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/group.c' }, [
    [
      'container-refused',
      'VFIO_GROUP_SET_CONTAINER{text} {errno}',
      { call: 'set-container', needsErrno: true },
    ],
    [
      'device-refused',
      'VFIO_GROUP_GET_DEVICE_FD{text} {errno}',
      { call: 'get-device', needsErrno: true },
    ],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/container.c' }, [
    ['container-refused', 'VFIO_SET_IOMMU{text} {errno}', { call: 'set-iommu', needsErrno: true }],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci_config.c' }, [
    ['bars-restored', 'reset recovery - restoring BARs'],
    ['capability-hidden', 'vfio_ecap_init: hiding ecap'],
    ['capability-hidden', 'vfio_cap_init: hiding cap'],
    ['capability-hidden', 'vfio_ecap_init: {device} hiding ecap', { era: 'old' }],
    ['capability-clash', 'vfio_cap_init: PCI config conflict @{hex}'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/vfio_iommu_type1.c' }, [
    [
      'interrupts-not-isolated',
      'No interrupt remapping support. Use the module param "allow_unsafe_interrupts"',
    ],
    ['dma-map-failed', 'RLIMIT_MEMLOCK ({number}) exceeded', { impliedErrno: 'ENOMEM' }],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/group.c' }, [
    ['noiommu-used', 'Adding kernel taint for vfio-noiommu group on device'],
    ['noiommu-used', 'vfio-noiommu device opened by user'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/iommufd/device.c' }, [
    ['unsafe-interrupts', 'MSI interrupts are not secure, they cannot be isolated by the platform'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/base/dd.c' }, [
    ['probe-failed', 'probe with driver vfio-pci failed with error {errno}', { call: 'probe' }],
    [
      'probe-failed',
      'vfio-pci: probe of {device} failed with error {errno}',
      { call: 'probe', era: 'old' },
    ],
  ]),
  // A shell's or tee's words for what the kernel answered to a write.
  ...rowsOf({ ...KERNEL, file: 'drivers/base/bus.c' }, [
    ['sysfs-write-refused', 'echo: write error: {errno}', { needsErrno: true }],
    ['sysfs-write-refused', 'printf: write error: {errno}', { needsErrno: true }],
    ['sysfs-write-refused', 'tee: /sys/{path}: {errno}', { needsErrno: true }],
    ['sysfs-write-refused', "tee: '/sys/{path}': {errno}", { needsErrno: true }],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/intel/iommu.c' }, [
    [
      'reserved-region',
      'Device is ineligible for IOMMU domain attach due to platform RMRR requirement',
    ],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/iommu/iommu.c' }, [
    [
      'reserved-region',
      'Firmware has requested this device have a 1:1 IOMMU mapping, rejecting configuring the device without a 1:1 mapping',
    ],
    ['group-changed', 'Removing from iommu group {group}'],
    ['group-changed', 'Adding to iommu group {group}'],
    ['group-changed', 'Adding device {device} to group {group}', { era: 'old' }],
    ['group-changed', 'Removing device {device} from group {group}', { era: 'old' }],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci_core.c' }, [
    ['vfs-enabled', '{pci}Cannot bind to PF with SR-IOV enabled'],
    ['vf-token-unwanted', 'VF token incorrectly provided, not a PF or VF'],
    ['vf-owner-trust', 'VF {word} bound to driver {word} while PF bound to driver'],
    ['interrupt-quirk', '{pci}Masking broken INTx support'],
    ['config-lost', "vfio_pci_core_disable: Couldn't reload saved state"],
    ['power-inaccessible', '{pci}runtime resume failed {number}'],
    ['group-changed', 'Captured SR-IOV VF {word} driver_override'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci.c' }, [
    ['denied-device', 'exists in vfio-pci device denylist, driver probing disallowed.'],
    ['igd-mode', '{pci}Failed to setup Intel IGD regions'],
    ['option-ignored', "vfio_pci: unknown parameter '{word}' ignored"],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci_config.c' }, [
    ['interrupt-quirk', 'Hardware bug: VF reports bogus INTx pin {number}'],
    ['capability-hidden', 'unknown length for PCI cap {hex}'],
    ['capability-hidden', 'unknown length for PCI ecap {hex}'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/pci/vfio_pci_intrs.c' }, [
    ['interrupt-quirk', 'irq bypass producer (token {word}) registration fails: {number}'],
  ]),
  ...rowsOf({ ...KERNEL, file: 'drivers/vfio/vfio_main.c' }, [
    [
      'release-blocked',
      'Device is currently in use, task "{word}" ({number}) blocked until device is released',
    ],
    ['power-inaccessible', 'vfio: runtime resume failed {number}'],
  ]),
]
