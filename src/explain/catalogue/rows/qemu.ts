import { type KnownMessage, rowsOf } from '../message.js'

const QEMU = { origin: 'qemu', project: 'qemu' } as const

/** What QEMU prints (`hw/vfio`): `error_report` lines, errors of `-device`, and the trace events to ask for. */
export const QEMU_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...QEMU, file: 'hw/vfio/container-legacy.c' }, [
    {
      id: 'foreign-group',
      text: 'vfio: Cannot reset device {device}, depends on group {group} which is not owned.',
    },
    { id: 'group-not-viable', text: 'group {group} is not viable' },
    {
      id: 'group-not-viable',
      text: 'Please ensure all devices within the iommu_group are bound to their vfio bus driver.',
    },
    {
      id: 'open-failed',
      text: 'failed to open /dev/vfio/{group}: {errno}',
      call: 'open-group',
      era: 'old',
    },
    {
      id: 'open-failed',
      text: 'failed to open /dev/vfio/vfio: {errno}',
      call: 'open-group',
      era: 'old',
    },
    {
      id: 'open-failed',
      text: 'vfio: error opening /dev/vfio/{group}: {errno}',
      call: 'open-group',
      era: 'old',
    },
    {
      id: 'container-refused',
      text: 'Failed to set group container: {errno}',
      call: 'set-container',
    },
    {
      id: 'container-refused',
      text: 'failed to set iommu for container: {errno}',
      call: 'set-iommu',
    },
    { id: 'container-refused', text: 'No available IOMMU models' },
    {
      id: 'device-refused',
      text: 'error getting device from group {group}: {errno}',
      call: 'get-device',
    },
    { id: 'device-refused', text: 'Verify all devices in group {group} are bound to vfio-' },
    { id: 'address-spaces', text: 'group {group} used in multiple address spaces' },
    { id: 'dma-map-failed', text: 'VFIO_MAP_DMA failed: {errno}', era: 'old' },
    { id: 'dma-map-failed', text: 'VFIO_MAP_DMA: {number}', era: 'old' },
  ]),
  ...rowsOf({ ...QEMU, file: 'util/osdep.c' }, [
    { id: 'open-failed', text: "Could not open '/dev/vfio/{path}': {errno}", call: 'open-group' },
    { id: 'iommufd-unopened', text: "Could not open '/dev/iommu': {errno}" },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/listener.c' }, [
    // A warning is about a BAR, which QEMU goes on without; before a start a region of memory is named; else it may be either.
    {
      id: 'p2p-map-failed',
      text: 'warning: vfio_container_dma_map({hex}, {iova}, {size}, {text}) = {number} ({errno})',
    },
    {
      id: 'p2p-map-failed',
      text: '{device}: PCI peer-to-peer transactions on BARs are not supported.',
    },
    {
      id: 'dma-map-failed',
      text: 'Region {word}: vfio_container_dma_map({hex}, {iova}, {size}, {text}) = {number} ({errno})',
    },
    {
      id: 'dma-map-failed',
      text: 'Region {word}: vfio_dma_map({hex}, {iova}, {size}, {text}) = {number} ({errno})',
      era: 'old',
    },
    {
      id: 'memory-or-bar-map',
      text: 'vfio_container_dma_map({hex}, {iova}, {size}, {text}) = {number} ({errno})',
    },
    {
      id: 'memory-or-bar-map',
      text: 'vfio_dma_map({hex}, {iova}, {size}, {text}) = {number} ({errno})',
      era: 'old',
    },
    { id: 'dma-map-failed', text: 'vfio: DMA mapping failed, unable to continue' },
  ]),
  ...rowsOf({ ...QEMU, file: 'backends/iommufd.c' }, [
    {
      id: 'p2p-map-failed',
      text: 'IOMMU_IOAS_MAP failed: Bad address, PCI BAR?',
      impliedErrno: 'EFAULT',
    },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/kvm-helpers.c' }, [
    { id: 'kvm-not-told', text: "KVM VFIO device isn't created yet" },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/iommufd.c' }, [
    {
      id: 'foreign-device',
      text: 'vfio: Cannot reset device {device}, depends on device {other} which is not owned.',
    },
    {
      id: 'cdev-bind-failed',
      text: 'error bind device fd={number} to iommufd={hex}: {errno}',
      call: 'bind',
    },
    { id: 'no-cdev', text: "couldn't open directory {path}vfio-dev" },
    { id: 'no-cdev', text: 'failed to find vfio-dev/vfioX/dev' },
    { id: 'no-cdev', text: 'failed to load "{path}vfio-dev/{word}/dev"' },
    { id: 'no-cdev', text: 'Failed to open /dev/vfio/devices/{word}' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/pci.c' }, [
    {
      id: 'no-bus-or-slot-reset',
      text: 'vfio: Cannot reset device {device}, no available reset mechanism.',
      call: 'reset-info',
      impliedErrno: 'ENODEV',
    },
    { id: 'hot-reset-info-failed', text: 'hot reset info failed: {errno}', call: 'reset-info' },
    { id: 'stuck-power', text: 'Unable to power on device, stuck in D{state}' },
    {
      id: 'reset-ioctl-failed',
      text: 'Unable to reset device: {errno}',
      call: 'device-reset',
      era: 'proposed',
    },
    {
      id: 'reset-ioctl-failed',
      text: 'Unable to perform bus reset: {errno}',
      call: 'hot-reset',
      era: 'proposed',
    },
    { id: 'open-failed', text: 'error getting device info: {errno}' },
    { id: 'no-iommu', text: 'no iommu_group found' },
    { id: 'dup-attach', text: '{vfio}device is already attached$' },
    { id: 'bad-capability', text: 'failed to add PCI capability {word}' },
    {
      id: 'unplug-refused',
      text: "warning: vfio {device}: Bus '{word}' does not support hotplugging",
    },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/trace-events' }, [
    { id: 'hot-reset-done', text: '{device} hot reset: Success', call: 'hot-reset' },
    {
      id: 'hot-reset-refused',
      text: '{device} hot reset: {errno}',
      call: 'hot-reset',
      needsErrno: true,
    },
    { id: 'dependent-devices', text: '{device}: hot reset dependent devices:' },
    { id: 'dependent-devices', text: 'iommufd_cdev_pci_hot_reset_dep_devices' },
    { id: 'dependent-devices', text: 'vfio_pci_hot_reset_dep_devices' },
    { id: 'dependent-devices', text: 'vfio_pci_hot_reset_dep_devices_iommufd', era: 'proposed' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/pci/pci.c' }, [
    {
      id: 'dead-device',
      text: "pci_irq_handler: Assertion `0 <= irq_num && irq_num < PCI_NUM_PINS' failed",
    },
  ]),
]
