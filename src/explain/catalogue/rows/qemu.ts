import { type KnownMessage, rowsOf } from '../message.js'

const QEMU = { origin: 'qemu', project: 'qemu' } as const

/** What QEMU prints (`hw/vfio`): `error_report` lines, errors of `-device`, and the trace events to ask for. */
export const QEMU_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...QEMU, file: 'hw/vfio/container-legacy.c' }, [
    [
      'foreign-group',
      'vfio: Cannot reset device {device}, depends on group {group} which is not owned.',
    ],
    ['group-not-viable', 'group {group} is not viable'],
    [
      'group-not-viable',
      'Please ensure all devices within the iommu_group are bound to their vfio bus driver.',
    ],
    [
      'open-failed',
      'failed to open /dev/vfio/{group}: {errno}',
      { call: 'open-group', era: 'old' },
    ],
    ['open-failed', 'failed to open /dev/vfio/vfio: {errno}', { call: 'open-group', era: 'old' }],
    [
      'open-failed',
      'vfio: error opening /dev/vfio/{group}: {errno}',
      { call: 'open-group', era: 'old' },
    ],
    ['container-refused', 'Failed to set group container: {errno}', { call: 'set-container' }],
    ['container-refused', 'failed to set iommu for container: {errno}', { call: 'set-iommu' }],
    ['container-refused', 'No available IOMMU models'],
    ['device-refused', 'error getting device from group {group}: {errno}', { call: 'get-device' }],
    ['device-refused', 'Verify all devices in group {group} are bound to vfio-'],
    ['address-spaces', 'group {group} used in multiple address spaces'],
    ['dma-map-failed', 'VFIO_MAP_DMA failed: {errno}', { era: 'old' }],
    ['dma-map-failed', 'VFIO_MAP_DMA: {number}', { era: 'old' }],
  ]),
  ...rowsOf({ ...QEMU, file: 'util/osdep.c' }, [
    ['open-failed', "Could not open '/dev/vfio/{path}': {errno}", { call: 'open-group' }],
    ['iommufd-unopened', "Could not open '/dev/iommu': {errno}"],
    ['iommufd-unopened', '/dev/iommu opening failed: {errno}', { era: 'old' }],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/listener.c' }, [
    // A warning is about a BAR, which QEMU goes on without; before a start a region of memory is named; else it may be either.
    [
      'p2p-map-failed',
      'warning: vfio_container_dma_map({hex}, {iova}, {size}, {text}) = {number} ({errno})',
    ],
    ['p2p-map-failed', '{device}: PCI peer-to-peer transactions on BARs are not supported.'],
    [
      'dma-map-failed',
      'Region {word}: vfio_container_dma_map({hex}, {iova}, {size}, {text}) = {number} ({errno})',
    ],
    [
      'dma-map-failed',
      'Region {word}: vfio_dma_map({hex}, {iova}, {size}, {text}) = {number} ({errno})',
      { era: 'old' },
    ],
    [
      'memory-or-bar-map',
      'vfio_container_dma_map({hex}, {iova}, {size}, {text}) = {number} ({errno})',
    ],
    [
      'memory-or-bar-map',
      'vfio_dma_map({hex}, {iova}, {size}, {text}) = {number} ({errno})',
      { era: 'old' },
    ],
    ['dma-map-failed', 'vfio: DMA mapping failed, unable to continue'],
  ]),
  ...rowsOf({ ...QEMU, file: 'backends/iommufd.c' }, [
    ['p2p-map-failed', 'IOMMU_IOAS_MAP failed: Bad address, PCI BAR?', { impliedErrno: 'EFAULT' }],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/kvm-helpers.c' }, [
    ['kvm-not-told', "KVM VFIO device isn't created yet"],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/iommufd.c' }, [
    [
      'foreign-device',
      'vfio: Cannot reset device {device}, depends on device {other} which is not owned.',
    ],
    [
      'cdev-bind-failed',
      'error bind device fd={number} to iommufd={hex}: {errno}',
      { call: 'bind' },
    ],
    ['no-cdev', "couldn't open directory {path}vfio-dev"],
    ['no-cdev', 'failed to find vfio-dev/vfioX/dev'],
    ['no-cdev', 'failed to load "{path}vfio-dev/{word}/dev"'],
    ['no-cdev', 'Failed to open /dev/vfio/devices/{word}'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/pci.c' }, [
    [
      'no-bus-or-slot-reset',
      'vfio: Cannot reset device {device}, no available reset mechanism.',
      { call: 'reset-info', impliedErrno: 'ENODEV' },
    ],
    ['hot-reset-info-failed', 'hot reset info failed: {errno}', { call: 'reset-info' }],
    ['stuck-power', 'Unable to power on device, stuck in D{state}'],
    [
      'reset-ioctl-failed',
      'Unable to reset device: {errno}',
      { call: 'device-reset', era: 'proposed' },
    ],
    [
      'reset-ioctl-failed',
      'Unable to perform bus reset: {errno}',
      { call: 'hot-reset', era: 'proposed' },
    ],
    ['open-failed', 'error getting device info: {errno}'],
    ['no-iommu', 'no iommu_group found'],
    ['dup-attach', '{vfio}device is already attached$'],
    ['bad-capability', 'failed to add PCI capability {word}'],
    ['unplug-refused', "warning: vfio {device}: Bus '{word}' does not support hotplugging"],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/trace-events' }, [
    ['hot-reset-done', '{device} hot reset: Success', { call: 'hot-reset' }],
    ['hot-reset-refused', '{device} hot reset: {errno}', { call: 'hot-reset', needsErrno: true }],
    ['dependent-devices', '{device}: hot reset dependent devices:'],
    ['dependent-devices', 'iommufd_cdev_pci_hot_reset_dep_devices'],
    ['dependent-devices', 'vfio_pci_hot_reset_dep_devices'],
    ['dependent-devices', 'vfio_pci_hot_reset_dep_devices_iommufd', { era: 'proposed' }],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/container-legacy.c' }, [
    ['see-above', 'vfio: failed to get group {group}', { era: 'old', isWrapper: true }],
    ['see-above', 'vfio: failed to get device {device}', { era: 'old', isWrapper: true }],
    ['see-above', 'failed to setup container for group {group}', { isWrapper: true }],
    ['see-above', '^Device initialization failed.$', { era: 'old', isWrapper: true }],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/pci/pci.c' }, [
    ['dead-device', "pci_irq_handler: Assertion `0 <= irq_num && irq_num < PCI_NUM_PINS' failed"],
  ]),
]
