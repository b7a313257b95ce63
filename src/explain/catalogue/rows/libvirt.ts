import { type KnownMessage, rowsOf } from '../message.js'

const LIBVIRT = { origin: 'libvirt', project: 'libvirt' } as const

/** What libvirt prints, and virt-manager with it. Some translations of libvirt's texts put quotes around the holes. */
export const LIBVIRT_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf({ ...LIBVIRT, file: 'src/util/virpci.c' }, [
    ['bus-shared', "Active '{other}' devices on bus with '{device}', not doing bus reset"],
    ['bus-shared', "Other devices on bus with '{device}', not doing bus reset", { era: 'old' }],
    ['no-reset-method', 'no FLR, PM reset or bus reset available'],
    ['no-reset-method', "No PCI reset capability available for '{device}'", { era: 'old' }],
    ['root-bus', "Failed to find parent device for '{device}'"],
    ['in-use', "Not resetting active device '{device}'"],
    [
      'not-endpoint',
      "Invalid attempt to reset PCI device '{device}'. Only PCI endpoint devices can be reset",
    ],
    ['config-access', "Failed to open config space file '{path}'"],
    ['config-access', "Failed to read PCI config space for '{device}'"],
    ['config-access', "Failed to restore PCI config space for '{device}'"],
    ['config-access', "Failed to write to '{path}/config' : {errno}"],
    [
      'driver-override-refused',
      "Failed to add driver '{word}' to driver_override interface of PCI device '{device}': {errno}",
    ],
    ['acs-missing', "Device '{device}' is behind a switch lacking ACS and cannot be assigned"],
    // 127 is what is left of all ones.
    ['dead-device', "Unknown PCI header type '127'"],
    ['libvirt-reset-failed', "Unable to reset PCI device '{device}': {text}", { isWrapper: true }],
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/hypervisor/virhostdev.c' }, [
    ['in-use', "PCI device '{device}' is in use by driver '{word}', domain '{path}'"],
    ['in-use', "PCI device '{device}' is in use"],
    ['acs-missing', "PCI device '{address}' is not assignable"],
    ['not-bound', "Unmanaged PCI device '{device}' must be manually detached from the host"],
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/util/virpci.c' }, [
    [
      'no-cdev',
      "cannot open VFIO device '/dev/vfio/devices/{word}': {errno}",
      { call: 'open-cdev' },
    ],
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/qemu/qemu_hostdev.c' }, [
    ['misleading', "host doesn't support passthrough of host PCI devices"],
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/util/virpci.c' }, [
    ['module-missing', 'Failed to load PCI driver module {word}: {text}'],
    [
      'module-missing',
      "modprobe reported success loading module '{word}', but module is missing from /sys/module",
    ],
    ['misleading', 'VFIO device assignment is not available on this platform'],
    ['unbind-failed', "Failed to unbind PCI device '{device}' from {word}"],
    ['unbind-failed', "Failed to trigger a probe for PCI device '{device}'"],
    ['in-use', "Not detaching active device '{device}'"],
    ['in-use', "Not reattaching active device '{device}'"],
    ['in-use', "Device '{device}' is already in use"],
    ['no-such-device', "Device '{device}' not found: could not access '{path}'"],
    ['dead-device', "Failed to read product/vendor ID for '{device}'"],
    ['no-iommu', 'Unable to resolve device {device} iommu_group symlink {path}'],
    ['no-iommu', 'Invalid device {device} iommu_group file {path} is not a symlink'],
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/hypervisor/virhostdev.c' }, [
    ['not-endpoint', 'Non-endpoint PCI devices cannot be assigned to guests'],
    ['unbind-failed', 'Failed to re-attach PCI device: {text}'],
    ['in-use', 'NVMe device {device} already in use by driver {word} domain {word}'],
    [
      'vmm-option',
      'Interface type hostdev is currently supported on SR-IOV Virtual Functions only',
    ],
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/qemu/qemu_validate.c' }, [
    ['misleading', "host doesn't support VFIO PCI passthrough"],
    ['misleading', "host doesn't support legacy PCI passthrough"],
    ['vmm-unsupported', 'VFIO PCI device assignment is not supported by this version of QEMU'],
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/util/virhook.c' }, [
    ['hook-refused', 'Hook script execution failed: {text}'],
    ['hook-refused', '/etc/libvirt/hooks/{path} exited with status {number}'],
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'src/qemu/qemu_process.c' }, [
    ['see-below', 'qemu unexpectedly closed the monitor', { isWrapper: true }],
    ['see-below', 'process exited while connecting to monitor', { isWrapper: true }],
    ['see-below', 'Process exited prior to exec', { isWrapper: true }],
    ['see-above', 'End of file from qemu monitor', { isWrapper: true }],
    ['see-above', 'Unable to read from monitor: Connection reset by peer', { isWrapper: true }],
    ['see-above', 'failed to connect to monitor socket', { isWrapper: true }],
    ['dma-map-failed', 'cannot limit locked memory of process: {errno}'],
    ['dma-map-failed', 'cannot limit locked memory to {number}: {errno}'],
  ]),
  ...rowsOf({ ...LIBVIRT, file: 'tools/virsh-nodedev.c' }, [
    ['see-below', 'Failed to start domain {text}', { isWrapper: true }],
    ['see-below', 'Failed to detach device {word}', { isWrapper: true }],
    ['see-below', 'Failed to re-attach device {word}', { isWrapper: true }],
    ['see-below', 'Failed to reset device {word}', { isWrapper: true }],
  ]),
  ...rowsOf({ origin: 'virt-manager', project: 'virt-manager', file: 'virtManager/vmmenu.py' }, [
    ['see-below', 'Error starting domain: {text}', { isWrapper: true }],
    ['see-below', 'Unable to complete install: {text}', { isWrapper: true }],
  ]),
]
