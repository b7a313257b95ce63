import { type KnownMessage, rowsOf } from '../message.js'

const LIBVIRT = { origin: 'libvirt', project: 'libvirt' } as const

/** What libvirt prints, and virt-manager with it. Some translations of libvirt's texts put quotes around the holes. */
export const LIBVIRT_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...LIBVIRT, file: 'src/util/virpci.c' }, [
    {
      id: 'bus-shared',
      text: "Active '{other}' devices on bus with '{device}', not doing bus reset",
    },
    {
      id: 'bus-shared',
      text: "Other devices on bus with '{device}', not doing bus reset",
      era: 'old',
    },
    { id: 'no-reset-method', text: 'no FLR, PM reset or bus reset available' },
    {
      id: 'no-reset-method',
      text: "No PCI reset capability available for '{device}'",
      era: 'old',
    },
    { id: 'root-bus', text: "Failed to find parent device for '{device}'" },
    { id: 'in-use', text: "Not resetting active device '{device}'" },
    {
      id: 'not-endpoint',
      text: "Invalid attempt to reset PCI device '{device}'. Only PCI endpoint devices can be reset",
    },
    { id: 'config-access', text: "Failed to open config space file '{path}'" },
    { id: 'config-access', text: "Failed to read PCI config space for '{device}'" },
    { id: 'config-access', text: "Failed to restore PCI config space for '{device}'" },
    { id: 'config-access', text: "Failed to write to '{path}/config' : {errno}" },
    {
      id: 'driver-override-refused',
      text: "Failed to add driver '{word}' to driver_override interface of PCI device '{device}': {errno}",
    },
    {
      id: 'acs-missing',
      text: "Device '{device}' is behind a switch lacking ACS and cannot be assigned",
    },
    // 127 is what is left of all ones.
    { id: 'dead-device', text: "Unknown PCI header type '127'" },
    {
      id: 'libvirt-reset-failed',
      text: "Unable to reset PCI device '{device}': {text}",
      isWrapper: true,
    },
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/hypervisor/virhostdev.c' }, [
    { id: 'in-use', text: "PCI device '{device}' is in use by driver '{word}', domain '{path}'" },
    { id: 'in-use', text: "PCI device '{device}' is in use" },
    { id: 'acs-missing', text: "PCI device '{address}' is not assignable" },
    {
      id: 'not-bound',
      text: "Unmanaged PCI device '{device}' must be manually detached from the host",
    },
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/util/virpci.c' }, [
    {
      id: 'no-cdev',
      text: "cannot open VFIO device '/dev/vfio/devices/{word}': {errno}",
      call: 'open-cdev',
    },
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/qemu/qemu_hostdev.c' }, [
    { id: 'misleading', text: "host doesn't support passthrough of host PCI devices" },
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/util/virpci.c' }, [
    { id: 'module-missing', text: 'Failed to load PCI driver module {word}: {text}' },
    {
      id: 'module-missing',
      text: "modprobe reported success loading module '{word}', but module is missing from /sys/module",
    },
    { id: 'misleading', text: 'VFIO device assignment is not available on this platform' },
    { id: 'unbind-failed', text: "Failed to unbind PCI device '{device}' from {word}" },
    { id: 'unbind-failed', text: "Failed to trigger a probe for PCI device '{device}'" },
    { id: 'in-use', text: "Not detaching active device '{device}'" },
    { id: 'in-use', text: "Not reattaching active device '{device}'" },
    { id: 'in-use', text: "Device '{device}' is already in use" },
    { id: 'no-such-device', text: "Device '{device}' not found: could not access '{path}'" },
    { id: 'dead-device', text: "Failed to read product/vendor ID for '{device}'" },
    { id: 'no-iommu', text: 'Unable to resolve device {device} iommu_group symlink {path}' },
    { id: 'no-iommu', text: 'Invalid device {device} iommu_group file {path} is not a symlink' },
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/hypervisor/virhostdev.c' }, [
    { id: 'not-endpoint', text: 'Non-endpoint PCI devices cannot be assigned to guests' },
    { id: 'unbind-failed', text: 'Failed to re-attach PCI device: {text}' },
    { id: 'in-use', text: 'NVMe device {device} already in use by driver {word} domain {word}' },
    {
      id: 'vmm-option',
      text: 'Interface type hostdev is currently supported on SR-IOV Virtual Functions only',
    },
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/qemu/qemu_validate.c' }, [
    { id: 'misleading', text: "host doesn't support VFIO PCI passthrough" },
    { id: 'misleading', text: "host doesn't support legacy PCI passthrough" },
    {
      id: 'vmm-unsupported',
      text: 'VFIO PCI device assignment is not supported by this version of QEMU',
    },
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/util/virhook.c' }, [
    { id: 'hook-refused', text: 'Hook script execution failed: {text}' },
    { id: 'hook-refused', text: '/etc/libvirt/hooks/{path} exited with status {number}' },
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/qemu/qemu_process.c' }, [
    { id: 'see-below', text: 'qemu unexpectedly closed the monitor', isWrapper: true },
    {
      id: 'see-below',
      text: 'process exited while connecting to monitor',
      isWrapper: true,
    },
    { id: 'see-below', text: 'Process exited prior to exec', isWrapper: true },
    {
      id: 'dma-map-failed',
      text: 'cannot limit locked memory of process: {errno}',
    },
    {
      id: 'dma-map-failed',
      text: 'cannot limit locked memory to {number}: {errno}',
    },
  ]),
  ...rowsOf({ origin: 'virt-manager', project: 'virt-manager', file: 'virtManager/vmmenu.py' }, [
    { id: 'see-below', text: 'Error starting domain: {text}', isWrapper: true },
    { id: 'see-below', text: 'Unable to complete install: {text}', isWrapper: true },
  ]),
]
