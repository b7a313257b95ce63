import { type KnownMessage, rowsOf } from '../message.js'

const LIBXL = { origin: 'xen', project: 'xen', file: 'tools/libs/light/libxl_pci.c' } as const
const PCIBACK = {
  origin: 'xen',
  project: 'linux',
  file: 'drivers/xen/xen-pciback/pci_stub.c',
} as const
const HYPERVISOR = {
  origin: 'xen',
  project: 'xen',
  file: 'xen/drivers/passthrough/pci.c',
} as const

/** What Xen's toolstack, its pciback and its hypervisor print. Addresses often stand there without zeros in front. */
export const XEN_MESSAGES: readonly KnownMessage[] = [
  ...rowsOf(LIBXL, [
    {
      id: 'sysfs-reset-enotty',
      text: 'libxl__device_pci_reset: write to {path}/reset returned {number}: {errno}',
      call: 'sysfs-reset',
    },
    {
      id: 'sysfs-reset-enotty',
      text: "libxl__device_pci_reset: The kernel doesn't support reset from sysfs for PCI device {device}",
      call: 'sysfs-reset',
      impliedErrno: 'ENOENT',
    },
    {
      id: 'sysfs-reset-enotty',
      text: "The kernel doesn't support reset from sysfs for PCI device {bdf}",
      call: 'sysfs-reset',
      impliedErrno: 'ENOENT',
    },
    { id: 'pciback-refused', text: 'PCI device {bdf} is not assignable' },
    { id: 'pciback-refused', text: '{bdf} is not assigned to pciback driver' },
    { id: 'pciback-refused', text: "Couldn't bind device to pciback!" },
    { id: 'pciback-missing', text: 'Looks like pciback driver not loaded' },
    { id: 'pciback-missing', text: 'Looks like pciback driver is not loaded' },
    { id: 'unbind-failed', text: "Couldn't unbind {bdf} from driver" },
    { id: 'unbind-failed', text: "Couldn't unbind device!" },
    { id: 'pciback-log', text: '{bdf} already assigned to pciback' },
    { id: 'pciback-log', text: '{bdf} not bound to a driver, will not be rebound.' },
    { id: 'no-such-device', text: 'pci device {bdf} does not have vendor attribute' },
    { id: 'no-such-device', text: 'pci device {bdf} does not have device attribute' },
    { id: 'no-such-device', text: 'pci device {bdf} does not have class attribute' },
    { id: 'pciback-refused', text: 'failed to quarantine {bdf}' },
    { id: 'pciback-refused', text: 'failed to de-quarantine {bdf}' },
    { id: 'pciback-refused', text: 'xc_assign_device failed: {errno}' },
    { id: 'pciback-refused', text: 'xc_deassign_device failed: {errno}' },
    { id: 'pciback-refused', text: 'xc_physdev_map_pirq irq={number} (error={number})' },
    { id: 'vmm-option', text: 'qemu refused to add device: {text}' },
    { id: 'vmm-option', text: "wasn't found in QEMU's 'query-pci' response." },
    { id: 'vmm-option', text: 'Must specify a v-slot for multi-function devices' },
    {
      id: 'see-above',
      text: 'libxl__device_pci_add failed for PCI device {bdf} (rc {number})',
      isWrapper: true,
    },
    { id: 'unplug-refused', text: "Device Model didn't respond in time" },
    { id: 'no-such-device', text: '{libxl}PCI device not attached to this domain' },
  ]),
  ...rowsOf({ ...LIBXL, file: 'tools/xl/xl_pci.c' }, [
    { id: 'vmm-option', text: 'pci-attach: malformed PCI_SPEC_STRING "{word}"' },
    { id: 'vmm-option', text: 'pci-assignable-add: malformed BDF "{word}"' },
  ]),
  ...rowsOf(PCIBACK, [
    {
      id: 'dead-device',
      text: "can't export pci devices that don't have a normal (0) or bridge (1) header type!",
    },
    { id: 'pciback-log', text: 'pciback {address}: seizing device' },
    { id: 'pciback-log', text: 'enabling permissive mode configuration space accesses!' },
    {
      id: 'pciback-held',
      text: '****** removing device {device} while still in-use by domain {number}! ******',
    },
    { id: 'pciback-held', text: 'driver domain may still access this device' },
    { id: 'pciback-held', text: 'pcifront aer process not responding!' },
    { id: 'config-lost', text: 'pciback {address}: Could not store PCI conf saved state!' },
    { id: 'config-lost', text: 'pciback {address}: Could not reload PCI state' },
    { id: 'pciback-refused', text: 'pciback {address}: error {number} initializing device' },
    {
      id: 'pciback-log',
      text: 'Driver tried to write to a read-only configuration space field at offset {hex}',
    },
  ]),
  ...rowsOf(HYPERVISOR, [
    { id: 'pciback-refused', text: 'd{number}: assign ({bdf}) failed ({number})' },
    { id: 'pciback-refused', text: 'assign {bdf} to dom{number} failed ({number})' },
    { id: 'pciback-refused', text: '{bdf} already assigned, or non-existent' },
    { id: 'iommu-no-answer', text: 'dom{number}: ATS device {bdf} flush failed' },
  ]),
]
