import { type KnownMessage, rowsOf } from '../message.js'

const RUST_VMM = { origin: 'cloud-hypervisor', project: 'rust-vmm-vfio' } as const
const KATA = { origin: 'kata', project: 'kata-containers' } as const
const KATA_RUST = 'src/runtime-rs/crates/hypervisor/src/device/driver'
const DPDK = { origin: 'dpdk', project: 'dpdk', file: 'lib/eal/linux/eal_vfio.c' } as const
const SPDK = { origin: 'spdk', project: 'spdk', file: 'scripts/setup.sh' } as const

/** What the other users of VFIO print: Cloud Hypervisor, crosvm, Kata, DPDK, SPDK, and the hot reset test of VFIO's maintainer. */
export const OTHER_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf(DPDK, [
    [
      'group-not-viable',
      '{device} VFIO group is not viable! Not all devices in IOMMU group bound to VFIO or unbound',
    ],
    ['open-failed', 'Cannot open /dev/vfio/{group}: {errno}', { call: 'open-group' }],
    ['open-failed', 'Failed to open VFIO group {group}'],
    [
      'container-refused',
      'cannot add VFIO group to container, error {errno}',
      { call: 'set-container' },
    ],
    ['open-failed', 'Cannot open VFIO container {path}, error {errno}'],
    ['container-refused', 'No supported IOMMU extensions found'],
    ['dma-map-failed', '{address} DMA remapping failed, error {errno}'],
    ['dma-map-failed', 'Cannot set up DMA remapping, error {errno}'],
    ['container-refused', '{address} failed to select IOMMU type'],
    ['module-missing', 'EAL: VFIO support not initialized'],
    ['vmm-option', "Cannot use IOVA as 'PA' since physical addresses are not available"],
    ['see-above', 'Requested device {address} cannot be used', { isWrapper: true }],
  ]),
  ...rowsOf({ ...RUST_VMM, file: 'vfio-ioctls/src/lib.rs' }, [
    ['open-failed', 'failed to open /dev/vfio/{group} group: {errno}', { call: 'open-group' }],
    [
      'container-refused',
      'failed to add vfio group into vfio container: {errno}',
      { call: 'set-container' },
    ],
    [
      'cdev-bind-failed',
      'failed to bind the vfio device to the specified iommufd: {errno}',
      { call: 'bind' },
    ],
    ['no-cdev', 'failed to open device cdev: {errno}', { call: 'open-cdev' }],
    ['no-cdev', "invalid 'vfio_dev' folder"],
    ['group-not-viable', 'group is not viable'],
    ['open-failed', 'failed to open /dev/vfio/vfio container: {errno}', { call: 'open-group' }],
    [
      'container-refused',
      "failed to set container's IOMMU driver type as {word}: {errno}",
      { call: 'set-iommu' },
    ],
    ['device-refused', 'failed to get vfio device fd: {errno}', { call: 'get-device' }],
  ]),
  ...rowsOf({ origin: 'crosvm', project: 'crosvm', file: 'devices/src/vfio.rs' }, [
    ['group-not-viable', '{crosvm}group is inviable$'],
  ]),
  // The names of the same errors: all that older releases of Cloud Hypervisor print, and the "Debug Info" of newer ones.
  ...rowsOf({ ...RUST_VMM, file: 'vfio-ioctls/src/lib.rs' }, [
    ['open-failed', 'VfioCreate(OpenGroup({errno}, "{group}"))', { call: 'open-group' }],
    ['open-failed', 'VfioCreate(OpenContainer({errno}))', { call: 'open-group' }],
    ['group-not-viable', 'VfioCreate(GroupViable)'],
    ['container-refused', 'VfioCreate(GroupSetContainer)'],
    ['container-refused', 'VfioCreate(ContainerSetIOMMU({errno}))', { call: 'set-iommu' }],
    ['device-refused', 'VfioCreate(GroupGetDeviceFD({errno}))', { call: 'get-device' }],
    ['cdev-bind-failed', 'VfioCreate(VfioDeviceBindIommufd({errno}))', { call: 'bind' }],
    ['no-cdev', 'VfioCreate(OpenDeviceCdev({errno}))', { call: 'open-cdev' }],
    ['no-cdev', 'VfioCreate(InvalidVfioDev)'],
    ['dma-map-failed', 'IommuDmaMap({errno})'],
  ]),
  ...rowsOf({ origin: 'cloud-hypervisor', project: 'iommufd', file: 'iommufd-ioctls/src/lib.rs' }, [
    ['iommufd-unopened', 'failed to open /dev/iommufd: {errno}'],
    ['iommufd-unopened', 'OpenIommufd({errno})'],
    ['dma-map-failed', 'failed to map an IOVA range to the IOAS: {errno}'],
  ]),
  ...rowsOf({ ...RUST_VMM, file: 'vfio-ioctls/src/vfio_device.rs' }, [
    ['group-unset-failed', 'Could not unbind VFIO group: {group}'],
  ]),
  ...rowsOf(
    {
      origin: 'cloud-hypervisor',
      project: 'cloud-hypervisor',
      file: 'vmm/src/device_manager.rs',
    },
    [
      ['vmm-device-failed', 'Cannot create a VFIO device', { isWrapper: true }],
      ['vmm-device-failed', 'DeviceManager(VfioCreate({word}', { isWrapper: true }],
    ],
  ),
  ...rowsOf({ ...KATA, file: `${KATA_RUST}/vfio_device/core.rs` }, [
    ['no-passthrough-device', 'IOMMU group {group} has no passthrough-capable devices'],
  ]),
  ...rowsOf({ ...KATA, file: 'src/runtime/pkg/device/drivers/utils.go' }, [
    ['bridge-ignored', 'Ignoring PCI (Host) Bridge deviceBDF {device} Class {hex}'],
  ]),
  ...rowsOf(SPDK, [
    ['group-shared', 'WARNING: detected multiple devices ({number}) under the same IOMMU group!'],
    [
      'group-shared',
      'WARNING All devices in the IOMMU group must be bound to the same driver or unbound',
    ],
    ['not-bound', '{address} not bound to vfio-pci'],
    ['host-uses-it', 'Active devices: {path}, so not binding PCI dev'],
    ['host-uses-it', 'Active mountpoints on {path}, so not binding PCI dev', { era: 'old' }],
  ]),
  ...rowsOf(
    {
      origin: 'vfio-pci-hot-reset',
      project: 'awilliam-tests',
      file: 'vfio-pci-hot-reset.c',
    },
    [
      [
        'no-bus-or-slot-reset',
        'Device does not support hot reset',
        { call: 'reset-info', impliedErrno: 'ENODEV' },
      ],
      [
        'hot-reset-info-failed',
        'Expected fail/-ENOSPC, got {number}/-{errno}',
        { call: 'reset-info' },
      ],
      [
        'open-failed',
        'Failed to open /dev/vfio/{group}, {number} ({errno})',
        { call: 'open-group' },
      ],
      ['hot-reset-refused', '^Attempting reset: Failed$', { call: 'hot-reset' }],
    ],
  ),
]
