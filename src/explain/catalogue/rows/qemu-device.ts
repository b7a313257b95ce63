import { type KnownMessage, rowsOf } from '../message.js'

const QEMU = { origin: 'qemu', project: 'qemu' } as const

/** What QEMU says of regions, ROMs, interrupts, memory and options of a function (`hw/vfio`, virtual IOMMUs). */
export const QEMU_DEVICE_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...QEMU, file: 'hw/vfio/region.c' }, [
    [
      'region-access',
      'vfio_region_write({word}:region{number}+{hex}, {hex},{number}) failed: {errno}',
    ],
    ['region-access', 'vfio_region_read({word}:region{number}+{hex}, {number}) failed: {errno}'],
    ['bar-slow', 'Failed to mmap {device} BAR {number}. Performance may be slow'],
    ['bar-slow', '{device} mmap unsupported, performance may be slow'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/device.c' }, [
    ['no-such-device', 'no such host device: {errno}'],
    ['interrupts-failed', 'VFIO_DEVICE_SET_IRQS failure: {errno}'],
    ['vmm-option', 'Use FD passing only with iommufd backend'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/pci.c' }, [
    ['rom-unreadable', 'vfio-pci: Cannot read device rom at {device}'],
    ['rom-unreadable', 'Device option ROM contents are probably invalid (check dmesg).'],
    ['rom-unreadable', 'vfio: Error reading device ROM: {errno}'],
    ['rom-unreadable', 'vfio: Error getting ROM info: {errno}'],
    [
      'rom-blocked',
      'Device at {device} is known to cause system instability issues during option rom execution',
    ],
    [
      'rom-blocked',
      'Rom loading for device at {device} has been disabled due to system instability issues',
    ],
    ['region-access', 'vfio_vga_write(,{hex}, {hex}, {number}) failed: {errno}'],
    ['region-access', 'vfio_vga_read(,{hex}, {number}) failed: {errno}'],
    ['region-access', 'vfio_pci_read_config({word}, {hex}, {hex}) failed: {errno}'],
    ['region-access', 'vfio_pci_write_config({word}, {hex}, {hex}, {hex}) failed: {errno}'],
    ['region-access', 'vfio_pci_size_rom({device}) failed: {errno}'],
    ['region-access', 'vfio_pci_post_reset({device}) reset bar {number} failed: {errno}'],
    ['region-access', 'vfio: Failed to read BAR {number} ({errno})'],
    ['dead-device', 'failed to read device config space: {errno}'],
    ['dead-device', 'invalid PCI interrupt pin {number}'],
    ['bad-capability', 'hardware reports invalid configuration, MSIX PBA outside of specified BAR'],
    ['bad-capability', 'failed to read PCI MSIX FLAGS'],
    ['bad-capability', 'failed to read PCI MSIX TABLE'],
    ['bad-capability', 'Invalid MSI-X relocation BAR {number}'],
    ['interrupts-failed', 'vfio: Error: Failed to setup MSI fds: {errno}'],
    [
      'interrupts-failed',
      'vfio: Error: Failed to enable {number} MSI vectors, retry with {number}',
    ],
    ['interrupts-failed', 'vfio: Error: Failed to enable MSI'],
    ['interrupts-failed', 'vfio: failed to enable vectors, {number}'],
    ['interrupts-failed', 'vfio: failed to enable MSI-X, {number}'],
    ['device-error', 'vfio_err_notifier_handler({device}) Unrecoverable error detected.'],
    ['vmm-option', 'device does not support requested feature x-vga'],
    ['vmm-option', 'No provided host device'],
    ['vmm-option', 'ramfb=on requires display=on'],
    ['vmm-option', 'x-balloon-allowed only potentially compatible with mdev devices'],
    ['vmm-unsupported', 'assignment of PCIe type {hex} devices is not currently supported'],
    ['vmm-unsupported', "{vfio}this isn't a PCI device"],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/igd.c' }, [
    ['igd-mode', 'IGD device {device} is unsupported in legacy mode, try SandyBridge or newer'],
    [
      'igd-mode',
      'IGD device {device} cannot support legacy mode due to existing devices at address 1f.0',
      { era: 'old' },
    ],
    ['igd-mode', 'IGD device {device} has no ROM, legacy mode disabled', { era: 'old' }],
    [
      'igd-mode',
      'IGD device {device} hotplugged, ROM disabled, legacy mode disabled',
      { era: 'old' },
    ],
    ['igd-mode', 'IGD legacy mode disabled'],
    ['igd-mode', 'Device does not supports IGD OpRegion feature: {errno}'],
    ['igd-mode', 'IGD OpRegion is not supported on hotplugged device'],
    ['igd-mode', 'IGD LPC bridge access is not supported by kernel'],
    ['igd-mode', 'IGD host bridge access is not supported by kernel'],
    ['igd-mode', 'Cannot create LPC bridge due to existing device at 1f.0'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/listener.c' }, [
    ['unmap-failed', 'vfio_container_dma_unmap({hex}, {iova}, {hex}) = {number} ({errno})'],
    ['unmap-failed', 'vfio_dma_unmap({hex}, {iova}, {hex}) = {number} ({errno})', { era: 'old' }],
    ['map-slots', 'vfio_register_ram_discard_listener: possibly running out of DMA mappings.'],
    ['option-ignored', 'vfio_listener_valid_section received unaligned region {text}'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/container-legacy.c' }, [
    ['ram-discard', 'Cannot set discarding of RAM broken: {errno}'],
    [
      'ram-discard',
      'Inconsistent setting of support for discarding RAM (e.g., balloon) within group',
    ],
    ['vmm-unsupported', 'supported vfio version: {number}, reported version: {number}'],
    ['open-failed', 'failed to get group {group} status: {errno}'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/iommufd.c' }, [
    [
      'iommu-attach-failed',
      '[iommufd={number}] error attach {device} ({number}) to id={number}: {errno}',
    ],
    ['no-cdev', 'failed to get major:minor for "{path}"'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/migration.c' }, [
    ['migration-blocked', '{device}: Migration is disabled for VFIO device'],
    ['migration-blocked', '{device}: VFIO migration is not supported in kernel'],
    ['migration-blocked', '{device}: Migration is currently not supported with vIOMMU enabled'],
    [
      'migration-blocked',
      'Multiple VFIO devices migration is supported only if all of them support P2P migration',
    ],
    ['migration-blocked', "{device}: VFIO device doesn't support device and IOMMU dirty tracking"],
  ]),
  ...rowsOf({ ...QEMU, file: 'backends/iommufd.c' }, [
    ['p2p-map-failed', 'IOMMU_IOAS_MAP failed: {errno}, PCI BAR?'],
    ['dma-map-failed', 'IOMMU_IOAS_MAP failed: {errno}'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/i386/intel_iommu.c' }, [
    ['viommu-width', 'aw-bits {number} > host aw-bits {number}'],
    ['viommu-width', 'supported values for aw-bits are: {number}, {number}'],
    [
      'vmm-option',
      'We need to set caching-mode=on for intel-iommu to enable device assignment with IOMMU protection.',
    ],
    ['vmm-option', 'device {word} requires caching mode'],
    ['vmm-option', 'eim=on cannot be selected without intremap=on'],
    ['vmm-option', 'Snoop Control with vhost or VFIO is not supported'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/i386/amd_iommu.c' }, [
    ['vmm-option', 'device {word} requires iommu notifier which is not currently supported'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/arm/smmuv3.c' }, [
    ['vmm-option', 'device {word} requires iommu MAP notifier which is not currently supported'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/virtio/virtio-iommu.c' }, [
    [
      'viommu-width',
      'virtio-iommu page mask {hex} is incompatible with mask {hex}',
      { era: 'old' },
    ],
    [
      'viommu-width',
      'virtio-iommu reports a page size mask {hex} incompatible with currently supported mask {hex}',
    ],
    ['vmm-option', 'virtio-iommu does not support frozen granule {hex}'],
    ['vmm-option', 'virtio-iommu does not support aliased BDF'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/vfio/pci.c' }, [
    ['errors-untold', 'Could not enable error recovery for the device'],
    ['interrupt-quirk', 'failed to setup resample irqfd: {errno}'],
    ['device-refused', 'failed to get region {number} info'],
    ['vmm-option', 'failed getting region info for VGA region index {number}'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/i386/pc.c' }, [
    ['viommu-width', 'Address space limit {hex} < {hex} phys-bits too low ({number})'],
  ]),
  ...rowsOf({ ...QEMU, file: 'system/memory.c' }, [
    ['vmm-option', 'iommu has granularity incompatible with target AS'],
  ]),
  ...rowsOf({ ...QEMU, file: 'hw/pci/pci.c' }, [
    ['vmm-option', 'failed to find romfile "{path}"'],
    ['vmm-option', 'romfile "{path}" is empty'],
    [
      'vmm-option',
      'PCI: slot {number} function {number} not available for {word}, in use by {word}',
    ],
  ]),
]
