import { type KnownMessage, rowsOf } from './message.js'

const LIBVIRT = { origin: 'libvirt', project: 'libvirt' } as const

/** What libvirt and Proxmox print. Some translations of libvirt's texts put quotes around the holes. */
export const MANAGER_MESSAGES: readonly KnownMessage[] = [
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
    { id: 'dead-device', text: "Unknown PCI header type '127' for device" },
    {
      id: 'libvirt-reset-failed',
      text: "Unable to reset PCI device '{device}': {text}",
      isWrapper: true,
    },
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/hypervisor/virhostdev.c' }, [
    { id: 'in-use', text: "PCI device '{device}' is in use by driver '{word}', domain '{path}'" },
    { id: 'in-use', text: "PCI device '{device}' is in use" },
    { id: 'acs-missing', text: "PCI device '{device}' is not assignable" },
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
  ...rowsOf({ origin: 'proxmox', project: 'pve-common', file: 'src/PVE/SysFSTools.pm' }, [
    {
      id: 'sysfs-reset-enotty',
      text: "error writing '1' to '/sys/bus/pci/devices/{device}/reset': {errno}",
      call: 'sysfs-reset',
    },
  ]),
  ...rowsOf({ origin: 'proxmox', project: 'qemu-server', file: 'src/PVE/QemuServer/PCI.pm' }, [
    {
      id: 'sysfs-reset-enotty',
      text: "failed to reset PCI device '{device}', but trying to continue as not all devices need a reset",
    },
  ]),
  ...rowsOf({ origin: 'proxmox', project: 'qemu-server', file: 'src/PVE/QemuServer.pm' }, [
    {
      id: 'see-above',
      text: 'TASK ERROR: start failed: QEMU exited with code {number}',
      isWrapper: true,
    },
    { id: 'see-above', text: 'start failed: QEMU exited with code {number}', isWrapper: true },
  ]),
]
