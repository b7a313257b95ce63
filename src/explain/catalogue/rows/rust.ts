import { type KnownMessage, rowsOf } from '../message.js'

const RUST_VMM = {
  origin: 'cloud-hypervisor',
  project: 'rust-vmm-vfio',
  file: 'vfio-ioctls/src/lib.rs',
} as const
const CH = { origin: 'cloud-hypervisor', project: 'cloud-hypervisor' } as const
const CROSVM = { origin: 'crosvm', project: 'crosvm', file: 'devices/src/vfio.rs' } as const

/** Further errors of VMMs written in Rust: rust-vmm's VFIO crate, Cloud Hypervisor, crosvm. */
export const RUST_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf(RUST_VMM, [
    ['open-failed', 'failed to get Group Status'],
    ['vmm-unsupported', "vfio API version doesn't match with VFIO_API_VERSION"],
    ['container-refused', "container doesn't support VfioType1V2 IOMMU driver type"],
    ['group-unset-failed', 'failed to unset vfio container'],
    ['device-refused', "failed to get vfio device's info: {errno}"],
    ['vmm-unsupported', "vfio PCI device info doesn't match"],
    ['vmm-unsupported', 'unsupported vfio device type'],
    ['region-access', "failed to get vfio device's region info: {errno}"],
    ['dma-map-failed', 'failed to add guest memory map into iommu table: {errno}'],
    ['unmap-failed', 'failed to remove guest memory map from iommu table: {errno}'],
    ['interrupts-failed', 'failed to get vfio device irq info'],
    ['interrupts-failed', 'failed to set vfio device irq'],
    ['interrupts-failed', 'failed to enable vfio device irq'],
    ['interrupts-failed', 'failed to disable vfio device irq'],
    [
      'iommu-attach-failed',
      'failed to associate the vfio device with an IOAS within the bound iommufd: {errno}',
    ],
    ['kvm-refused', "failed to set vfio device's attribute: {errno}"],
  ]),
  ...rowsOf({ ...RUST_VMM, file: 'vfio-ioctls/src/vfio_device.rs' }, [
    ['region-read-skipped', 'Could not get region #{number} info'],
    ['region-access', 'region write with invalid parameter, {text}'],
    ['region-access', 'Failed to read region in index: {text}'],
    ['region-access', 'Failed to write region in index: {text}'],
  ]),
  ...rowsOf({ ...CH, file: 'pci/src/vfio.rs' }, [
    ['dma-map-failed', 'Failed to DMA map: {errno}'],
    ['unmap-failed', 'Failed to DMA unmap: {errno}'],
    ['vmm-unsupported', 'VfioMapRegion(CreateUserMemoryRegion({text}'],
    ['vmm-unsupported', 'Failed to create user memory region: {errno}'],
    ['interrupts-failed', 'Failed to enable INTx: {text}'],
    ['interrupts-failed', 'Failed to enable MSI: {text}'],
    ['interrupts-failed', 'Failed to enable MSI-x: {text}'],
    ['region-access', 'VFIO{text}Invalid region alignment'],
    ['unmap-failed', 'Could not remove the userspace memory region: {text}'],
  ]),
  ...rowsOf({ ...CH, file: 'vmm/src/device_manager.rs' }, [
    ['vmm-device-failed', 'DeviceManager(VfioPciCreate({word}', { isWrapper: true }],
    ['vmm-device-failed', 'Cannot create a VFIO PCI device', { isWrapper: true }],
    ['vmm-device-failed', 'Cannot create the VFIO container', { isWrapper: true }],
    ['vmm-device-failed', 'Failed to map VFIO MMIO region', { isWrapper: true }],
    ['vmm-device-failed', 'Cannot open hotplug device path', { isWrapper: true }],
  ]),
  ...rowsOf({ ...CH, file: 'vmm/src/config.rs' }, [
    ['dup-attach', 'Device path {path} is not unique'],
    ['vmm-option', 'Device is behind a virtual IOMMU, but it is not on a PCI segment that is'],
  ]),
  ...rowsOf(CROSVM, [
    ['open-failed', 'failed to open /dev/vfio/$group_num group: {errno}'],
    ['open-failed', 'failed to borrow global vfio container'],
    ['open-failed', 'failed to get Group Status: {errno}'],
    ['container-refused', "container dones't support VfioType1V2 IOMMU driver type"],
    ['kvm-refused', "failed to set KVM vfio device's attribute: {errno}"],
    ['device-refused', "failed to get vfio device's info or info doesn't match: {errno}"],
    ['container-refused', 'failed to get IOMMU info from host: {errno}'],
    ['interrupts-failed', "failed to enable vfio deviece's irq: {errno}"],
    ['interrupts-failed', "failed to disable vfio deviece's irq: {errno}"],
    ['interrupts-failed', "failed to unmask vfio deviece's irq: {errno}"],
    ['interrupts-failed', "failed to mask vfio deviece's irq: {errno}"],
    ['device-refused', 'failed to create vfio device: {text}', { isWrapper: true }],
  ]),
]
