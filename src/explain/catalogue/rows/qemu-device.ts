import { type KnownMessage, rowsOf } from '../message.js'

const QEMU = { origin: 'qemu', project: 'qemu' } as const

/** What QEMU says of regions, ROMs, interrupts, memory and options of a function (`hw/vfio`, virtual IOMMUs). */
export const QEMU_DEVICE_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...QEMU, file: 'hw/vfio/region.c' }, [
    {
      id: 'region-access',
      text: 'vfio_region_write({word}:region{number}+{hex}, {hex},{number}) failed: {errno}',
    },
    {
      id: 'region-access',
      text: 'vfio_region_read({word}:region{number}+{hex}, {number}) failed: {errno}',
    },
    { id: 'bar-slow', text: 'Failed to mmap {device} BAR {number}. Performance may be slow' },
    { id: 'bar-slow', text: '{device} mmap unsupported, performance may be slow' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/device.c' }, [
    { id: 'no-such-device', text: 'no such host device: {errno}' },
    { id: 'interrupts-failed', text: 'VFIO_DEVICE_SET_IRQS failure: {errno}' },
    { id: 'vmm-option', text: 'Use FD passing only with iommufd backend' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/pci.c' }, [
    { id: 'rom-unreadable', text: 'vfio-pci: Cannot read device rom at {device}' },
    {
      id: 'rom-unreadable',
      text: 'Device option ROM contents are probably invalid (check dmesg).',
    },
    { id: 'rom-unreadable', text: 'vfio: Error reading device ROM: {errno}' },
    { id: 'rom-unreadable', text: 'vfio: Error getting ROM info: {errno}' },
    {
      id: 'rom-blocked',
      text: 'Device at {device} is known to cause system instability issues during option rom execution',
    },
    {
      id: 'rom-blocked',
      text: 'Rom loading for device at {device} has been disabled due to system instability issues',
    },
    { id: 'region-access', text: 'vfio_vga_write(,{hex}, {hex}, {number}) failed: {errno}' },
    { id: 'region-access', text: 'vfio_vga_read(,{hex}, {number}) failed: {errno}' },
    { id: 'region-access', text: 'vfio_pci_read_config({word}, {hex}, {hex}) failed: {errno}' },
    {
      id: 'region-access',
      text: 'vfio_pci_write_config({word}, {hex}, {hex}, {hex}) failed: {errno}',
    },
    { id: 'region-access', text: 'vfio_pci_size_rom({device}) failed: {errno}' },
    {
      id: 'region-access',
      text: 'vfio_pci_post_reset({device}) reset bar {number} failed: {errno}',
    },
    { id: 'region-access', text: 'vfio: Failed to read BAR {number} ({errno})' },
    { id: 'dead-device', text: 'failed to read device config space: {errno}' },
    { id: 'dead-device', text: 'invalid PCI interrupt pin {number}' },
    {
      id: 'bad-capability',
      text: 'hardware reports invalid configuration, MSIX PBA outside of specified BAR',
    },
    { id: 'bad-capability', text: 'failed to read PCI MSIX FLAGS' },
    { id: 'bad-capability', text: 'failed to read PCI MSIX TABLE' },
    { id: 'bad-capability', text: 'Invalid MSI-X relocation BAR {number}' },
    { id: 'interrupts-failed', text: 'vfio: Error: Failed to setup MSI fds: {errno}' },
    {
      id: 'interrupts-failed',
      text: 'vfio: Error: Failed to enable {number} MSI vectors, retry with {number}',
    },
    { id: 'interrupts-failed', text: 'vfio: Error: Failed to enable MSI' },
    { id: 'interrupts-failed', text: 'vfio: failed to enable vectors, {number}' },
    { id: 'interrupts-failed', text: 'vfio: failed to enable MSI-X, {number}' },
    {
      id: 'device-error',
      text: 'vfio_err_notifier_handler({device}) Unrecoverable error detected.',
    },
    { id: 'vmm-option', text: 'device does not support requested feature x-vga' },
    { id: 'vmm-option', text: 'No provided host device' },
    { id: 'vmm-option', text: 'ramfb=on requires display=on' },
    {
      id: 'vmm-option',
      text: 'x-balloon-allowed only potentially compatible with mdev devices',
    },
    {
      id: 'vmm-unsupported',
      text: 'assignment of PCIe type {hex} devices is not currently supported',
    },
    { id: 'vmm-unsupported', text: "{vfio}this isn't a PCI device" },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/igd.c' }, [
    {
      id: 'igd-mode',
      text: 'IGD device {device} is unsupported in legacy mode, try SandyBridge or newer',
    },
    {
      id: 'igd-mode',
      text: 'IGD device {device} cannot support legacy mode due to existing devices at address 1f.0',
      era: 'old',
    },
    { id: 'igd-mode', text: 'IGD device {device} has no ROM, legacy mode disabled', era: 'old' },
    {
      id: 'igd-mode',
      text: 'IGD device {device} hotplugged, ROM disabled, legacy mode disabled',
      era: 'old',
    },
    { id: 'igd-mode', text: 'IGD legacy mode disabled' },
    { id: 'igd-mode', text: 'Device does not supports IGD OpRegion feature: {errno}' },
    { id: 'igd-mode', text: 'IGD OpRegion is not supported on hotplugged device' },
    { id: 'igd-mode', text: 'IGD LPC bridge access is not supported by kernel' },
    { id: 'igd-mode', text: 'IGD host bridge access is not supported by kernel' },
    { id: 'igd-mode', text: 'Cannot create LPC bridge due to existing device at 1f.0' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/listener.c' }, [
    {
      id: 'unmap-failed',
      text: 'vfio_container_dma_unmap({hex}, {iova}, {hex}) = {number} ({errno})',
    },
    {
      id: 'unmap-failed',
      text: 'vfio_dma_unmap({hex}, {iova}, {hex}) = {number} ({errno})',
      era: 'old',
    },
    {
      id: 'map-slots',
      text: 'vfio_register_ram_discard_listener: possibly running out of DMA mappings.',
    },
    { id: 'option-ignored', text: 'vfio_listener_valid_section received unaligned region {text}' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/container-legacy.c' }, [
    { id: 'ram-discard', text: 'Cannot set discarding of RAM broken: {errno}' },
    {
      id: 'ram-discard',
      text: 'Inconsistent setting of support for discarding RAM (e.g., balloon) within group',
    },
    {
      id: 'vmm-unsupported',
      text: 'supported vfio version: {number}, reported version: {number}',
    },
    { id: 'open-failed', text: 'failed to get group {group} status: {errno}' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/iommufd.c' }, [
    {
      id: 'iommu-attach-failed',
      text: '[iommufd={number}] error attach {device} ({number}) to id={number}: {errno}',
    },
    { id: 'no-cdev', text: 'failed to get major:minor for "{path}"' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/migration.c' }, [
    { id: 'migration-blocked', text: '{device}: Migration is disabled for VFIO device' },
    { id: 'migration-blocked', text: '{device}: VFIO migration is not supported in kernel' },
    {
      id: 'migration-blocked',
      text: '{device}: Migration is currently not supported with vIOMMU enabled',
    },
    {
      id: 'migration-blocked',
      text: 'Multiple VFIO devices migration is supported only if all of them support P2P migration',
    },
    {
      id: 'migration-blocked',
      text: "{device}: VFIO device doesn't support device and IOMMU dirty tracking",
    },
  ]),
  ...rowsOf({ ...QEMU, file: 'backends/iommufd.c' }, [
    { id: 'p2p-map-failed', text: 'IOMMU_IOAS_MAP failed: {errno}, PCI BAR?' },
    { id: 'dma-map-failed', text: 'IOMMU_IOAS_MAP failed: {errno}' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/i386/intel_iommu.c' }, [
    { id: 'viommu-width', text: 'aw-bits {number} > host aw-bits {number}' },
    { id: 'viommu-width', text: 'supported values for aw-bits are: {number}, {number}' },
    {
      id: 'vmm-option',
      text: 'We need to set caching-mode=on for intel-iommu to enable device assignment with IOMMU protection.',
    },
    { id: 'vmm-option', text: 'device {word} requires caching mode' },
    { id: 'vmm-option', text: 'eim=on cannot be selected without intremap=on' },
    { id: 'vmm-option', text: 'Snoop Control with vhost or VFIO is not supported' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/i386/amd_iommu.c' }, [
    {
      id: 'vmm-option',
      text: 'device {word} requires iommu notifier which is not currently supported',
    },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/arm/smmuv3.c' }, [
    {
      id: 'vmm-option',
      text: 'device {word} requires iommu MAP notifier which is not currently supported',
    },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/virtio/virtio-iommu.c' }, [
    {
      id: 'viommu-width',
      text: 'virtio-iommu page mask {hex} is incompatible with mask {hex}',
      era: 'old',
    },
    {
      id: 'viommu-width',
      text: 'virtio-iommu reports a page size mask {hex} incompatible with currently supported mask {hex}',
    },
    { id: 'vmm-option', text: 'virtio-iommu does not support frozen granule {hex}' },
    { id: 'vmm-option', text: 'virtio-iommu does not support aliased BDF' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/i386/pc.c' }, [
    {
      id: 'viommu-width',
      text: 'Address space limit {hex} < {hex} phys-bits too low ({number})',
    },
  ]),
  ...rowsOf({ ...QEMU, file: 'system/memory.c' }, [
    { id: 'vmm-option', text: 'iommu has granularity incompatible with target AS' },
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/pci/pci.c' }, [
    { id: 'vmm-option', text: 'failed to find romfile "{path}"' },
    { id: 'vmm-option', text: 'romfile "{path}" is empty' },
    {
      id: 'vmm-option',
      text: 'PCI: slot {number} function {number} not available for {word}, in use by {word}',
    },
  ]),
]
