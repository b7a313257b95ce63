import { type KnownMessage, rowsOf } from '../message.js'

const RUST_VMM = { origin: 'cloud-hypervisor', project: 'rust-vmm-vfio' } as const
const KATA = { origin: 'kata', project: 'kata-containers' } as const
const KATA_RUST = 'src/runtime-rs/crates/hypervisor/src/device/driver'
const DPDK = { origin: 'dpdk', project: 'dpdk', file: 'lib/eal/linux/eal_vfio.c' } as const
const SPDK = { origin: 'spdk', project: 'spdk', file: 'scripts/setup.sh' } as const

/** What the other users of VFIO print: Cloud Hypervisor, crosvm, Kata, DPDK, SPDK, and the hot reset test of VFIO's maintainer. */
export const OTHER_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf(DPDK, [
    {
      id: 'group-not-viable',
      text: '{device} VFIO group is not viable! Not all devices in IOMMU group bound to VFIO or unbound',
    },
    { id: 'open-failed', text: 'Cannot open /dev/vfio/{group}: {errno}', call: 'open-group' },
    { id: 'open-failed', text: 'Failed to open VFIO group {group}' },
    {
      id: 'container-refused',
      text: 'cannot add VFIO group to container, error {errno}',
      call: 'set-container',
    },
    { id: 'open-failed', text: 'Cannot open VFIO container {path}, error {errno}' },
    { id: 'container-refused', text: 'No supported IOMMU extensions found' },
    { id: 'dma-map-failed', text: '{address} DMA remapping failed, error {errno}' },
    { id: 'dma-map-failed', text: 'Cannot set up DMA remapping, error {errno}' },
    { id: 'see-above', text: 'Requested device {address} cannot be used', isWrapper: true },
  ]),
  ...rowsOf({ ...RUST_VMM, file: 'vfio-ioctls/src/lib.rs' }, [
    {
      id: 'open-failed',
      text: 'failed to open /dev/vfio/{group} group: {errno}',
      call: 'open-group',
    },
    {
      id: 'container-refused',
      text: 'failed to add vfio group into vfio container: {errno}',
      call: 'set-container',
    },
    {
      id: 'cdev-bind-failed',
      text: 'failed to bind the vfio device to the specified iommufd: {errno}',
      call: 'bind',
    },
    { id: 'no-cdev', text: 'failed to open device cdev: {errno}', call: 'open-cdev' },
    { id: 'no-cdev', text: "invalid 'vfio_dev' folder" },
    { id: 'group-not-viable', text: 'group is not viable' },
    {
      id: 'open-failed',
      text: 'failed to open /dev/vfio/vfio container: {errno}',
      call: 'open-group',
    },
    {
      id: 'container-refused',
      text: "failed to set container's IOMMU driver type as {word}: {errno}",
      call: 'set-iommu',
    },
    { id: 'device-refused', text: 'failed to get vfio device fd: {errno}', call: 'get-device' },
  ]),
  ...rowsOf({ origin: 'crosvm', project: 'crosvm', file: 'devices/src/vfio.rs' }, [
    { id: 'group-not-viable', text: '{crosvm}group is inviable$' },
  ]),
  // The names of the same errors: all that older releases of Cloud Hypervisor print, and the "Debug Info" of newer ones.
  ...rowsOf({ ...RUST_VMM, file: 'vfio-ioctls/src/lib.rs' }, [
    {
      id: 'open-failed',
      text: 'VfioCreate(OpenGroup({errno}, "{group}"))',
      call: 'open-group',
    },
    { id: 'open-failed', text: 'VfioCreate(OpenContainer({errno}))', call: 'open-group' },
    { id: 'group-not-viable', text: 'VfioCreate(GroupViable)' },
    { id: 'container-refused', text: 'VfioCreate(GroupSetContainer)' },
    {
      id: 'container-refused',
      text: 'VfioCreate(ContainerSetIOMMU({errno}))',
      call: 'set-iommu',
    },
    { id: 'device-refused', text: 'VfioCreate(GroupGetDeviceFD({errno}))', call: 'get-device' },
    { id: 'cdev-bind-failed', text: 'VfioCreate(VfioDeviceBindIommufd({errno}))', call: 'bind' },
    { id: 'no-cdev', text: 'VfioCreate(OpenDeviceCdev({errno}))', call: 'open-cdev' },
    { id: 'no-cdev', text: 'VfioCreate(InvalidVfioDev)' },
    { id: 'dma-map-failed', text: 'IommuDmaMap({errno})' },
  ]),
  ...rowsOf({ origin: 'cloud-hypervisor', project: 'iommufd', file: 'iommufd-ioctls/src/lib.rs' }, [
    { id: 'iommufd-unopened', text: 'failed to open /dev/iommufd: {errno}' },
    { id: 'iommufd-unopened', text: 'OpenIommufd({errno})' },
    { id: 'dma-map-failed', text: 'failed to map an IOVA range to the IOAS: {errno}' },
  ]),
  ...rowsOf({ ...RUST_VMM, file: 'vfio-ioctls/src/vfio_device.rs' }, [
    { id: 'group-unset-failed', text: 'Could not unbind VFIO group: {group}' },
  ]),
  ...rowsOf(
    {
      origin: 'cloud-hypervisor',
      project: 'cloud-hypervisor',
      file: 'vmm/src/device_manager.rs',
    },
    [
      { id: 'vmm-device-failed', text: 'Cannot create a VFIO device', isWrapper: true },
      { id: 'vmm-device-failed', text: 'DeviceManager(VfioCreate({word}', isWrapper: true },
    ],
  ),
  ...rowsOf({ ...KATA, file: `${KATA_RUST}/vfio_device/core.rs` }, [
    {
      id: 'no-passthrough-device',
      text: 'IOMMU group {group} has no passthrough-capable devices',
    },
  ]),
  ...rowsOf({ ...KATA, file: 'src/runtime/pkg/device/drivers/utils.go' }, [
    {
      id: 'bridge-ignored',
      text: 'Ignoring PCI (Host) Bridge deviceBDF {device} Class {hex}',
    },
  ]),
  ...rowsOf(SPDK, [
    {
      id: 'group-shared',
      text: 'WARNING: detected multiple devices ({number}) under the same IOMMU group!',
    },
    {
      id: 'group-shared',
      text: 'WARNING All devices in the IOMMU group must be bound to the same driver or unbound',
    },
    { id: 'not-bound', text: '{address} not bound to vfio-pci' },
    { id: 'host-uses-it', text: 'Active devices: {path}, so not binding PCI dev' },
    {
      id: 'host-uses-it',
      text: 'Active mountpoints on {path}, so not binding PCI dev',
      era: 'old',
    },
  ]),
  ...rowsOf(
    {
      origin: 'vfio-pci-hot-reset',
      project: 'awilliam-tests',
      file: 'vfio-pci-hot-reset.c',
    },
    [
      {
        id: 'no-bus-or-slot-reset',
        text: 'Device does not support hot reset',
        call: 'reset-info',
        impliedErrno: 'ENODEV',
      },
      {
        id: 'hot-reset-info-failed',
        text: 'Expected fail/-ENOSPC, got {number}/-{errno}',
        call: 'reset-info',
      },
      {
        id: 'open-failed',
        text: 'Failed to open /dev/vfio/{group}, {number} ({errno})',
        call: 'open-group',
      },
      { id: 'hot-reset-refused', text: '^Attempting reset: Failed$', call: 'hot-reset' },
    ],
  ),
]
