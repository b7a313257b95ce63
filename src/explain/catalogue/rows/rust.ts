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
    { id: 'open-failed', text: 'failed to get Group Status' },
    { id: 'vmm-unsupported', text: "vfio API version doesn't match with VFIO_API_VERSION" },
    {
      id: 'container-refused',
      text: "container doesn't support VfioType1V2 IOMMU driver type",
    },
    { id: 'group-unset-failed', text: 'failed to unset vfio container' },
    { id: 'device-refused', text: "failed to get vfio device's info: {errno}" },
    { id: 'vmm-unsupported', text: "vfio PCI device info doesn't match" },
    { id: 'vmm-unsupported', text: 'unsupported vfio device type' },
    { id: 'region-access', text: "failed to get vfio device's region info: {errno}" },
    { id: 'dma-map-failed', text: 'failed to add guest memory map into iommu table: {errno}' },
    {
      id: 'unmap-failed',
      text: 'failed to remove guest memory map from iommu table: {errno}',
    },
    { id: 'interrupts-failed', text: 'failed to get vfio device irq info' },
    { id: 'interrupts-failed', text: 'failed to set vfio device irq' },
    { id: 'interrupts-failed', text: 'failed to enable vfio device irq' },
    { id: 'interrupts-failed', text: 'failed to disable vfio device irq' },
    {
      id: 'iommu-attach-failed',
      text: 'failed to associate the vfio device with an IOAS within the bound iommufd: {errno}',
    },
    { id: 'kvm-refused', text: "failed to set vfio device's attribute: {errno}" },
  ]),
  ...rowsOf({ ...RUST_VMM, file: 'vfio-ioctls/src/vfio_device.rs' }, [
    { id: 'region-read-skipped', text: 'Could not get region #{number} info' },
    { id: 'region-access', text: 'region write with invalid parameter, {text}' },
    { id: 'region-access', text: 'Failed to read region in index: {text}' },
    { id: 'region-access', text: 'Failed to write region in index: {text}' },
  ]),
  ...rowsOf({ ...CH, file: 'pci/src/vfio.rs' }, [
    { id: 'dma-map-failed', text: 'Failed to DMA map: {errno}' },
    { id: 'unmap-failed', text: 'Failed to DMA unmap: {errno}' },
    { id: 'vmm-unsupported', text: 'VfioMapRegion(CreateUserMemoryRegion({text}' },
    { id: 'vmm-unsupported', text: 'Failed to create user memory region: {errno}' },
    { id: 'interrupts-failed', text: 'Failed to enable INTx: {text}' },
    { id: 'interrupts-failed', text: 'Failed to enable MSI: {text}' },
    { id: 'interrupts-failed', text: 'Failed to enable MSI-x: {text}' },
    { id: 'region-access', text: 'VFIO{text}Invalid region alignment' },
    { id: 'unmap-failed', text: 'Could not remove the userspace memory region: {text}' },
  ]),
  ...rowsOf({ ...CH, file: 'vmm/src/device_manager.rs' }, [
    { id: 'vmm-device-failed', text: 'Cannot create a VFIO PCI device', isWrapper: true },
    { id: 'vmm-device-failed', text: 'Cannot create the VFIO container', isWrapper: true },
    { id: 'vmm-device-failed', text: 'Failed to map VFIO MMIO region', isWrapper: true },
    { id: 'vmm-device-failed', text: 'Cannot open hotplug device path', isWrapper: true },
  ]),
  ...rowsOf({ ...CH, file: 'vmm/src/config.rs' }, [
    { id: 'dup-attach', text: 'Device path {path} is not unique' },
    {
      id: 'vmm-option',
      text: 'Device is behind a virtual IOMMU, but it is not on a PCI segment that is',
    },
  ]),
  ...rowsOf(CROSVM, [
    { id: 'open-failed', text: 'failed to open /dev/vfio/$group_num group: {errno}' },
    { id: 'open-failed', text: 'failed to borrow global vfio container' },
    { id: 'open-failed', text: 'failed to get Group Status: {errno}' },
    {
      id: 'container-refused',
      text: "container dones't support VfioType1V2 IOMMU driver type",
    },
    { id: 'kvm-refused', text: "failed to set KVM vfio device's attribute: {errno}" },
    {
      id: 'device-refused',
      text: "failed to get vfio device's info or info doesn't match: {errno}",
    },
    { id: 'container-refused', text: 'failed to get IOMMU info from host: {errno}' },
    { id: 'interrupts-failed', text: "failed to enable vfio deviece's irq: {errno}" },
    { id: 'interrupts-failed', text: "failed to disable vfio deviece's irq: {errno}" },
    { id: 'interrupts-failed', text: "failed to unmask vfio deviece's irq: {errno}" },
    { id: 'interrupts-failed', text: "failed to mask vfio deviece's irq: {errno}" },
    { id: 'device-refused', text: 'failed to create vfio device: {text}', isWrapper: true },
  ]),
]
