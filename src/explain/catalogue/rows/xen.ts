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
    [
      'sysfs-reset-enotty',
      'libxl__device_pci_reset: write to {path}/reset returned {number}: {errno}',
      { call: 'sysfs-reset' },
    ],
    [
      'sysfs-reset-enotty',
      "libxl__device_pci_reset: The kernel doesn't support reset from sysfs for PCI device {device}",
      { call: 'sysfs-reset', impliedErrno: 'ENOENT' },
    ],
    [
      'sysfs-reset-enotty',
      "The kernel doesn't support reset from sysfs for PCI device {bdf}",
      { call: 'sysfs-reset', impliedErrno: 'ENOENT' },
    ],
    ['pciback-refused', 'PCI device {bdf} is not assignable'],
    ['pciback-refused', '{bdf} is not assigned to pciback driver'],
    ['pciback-refused', "Couldn't bind device to pciback!"],
    ['pciback-missing', 'Looks like pciback driver not loaded'],
    ['pciback-missing', 'Looks like pciback driver is not loaded'],
    ['unbind-failed', "Couldn't unbind {bdf} from driver"],
    ['unbind-failed', "Couldn't unbind device!"],
    ['pciback-log', '{bdf} already assigned to pciback'],
    ['pciback-log', '{bdf} not bound to a driver, will not be rebound.'],
    ['no-such-device', 'pci device {bdf} does not have vendor attribute'],
    ['no-such-device', 'pci device {bdf} does not have device attribute'],
    ['no-such-device', 'pci device {bdf} does not have class attribute'],
    ['pciback-refused', 'failed to quarantine {bdf}'],
    ['pciback-refused', 'failed to de-quarantine {bdf}'],
    ['pciback-refused', 'xc_assign_device failed: {errno}'],
    ['pciback-refused', 'xc_deassign_device failed: {errno}'],
    ['pciback-refused', 'xc_physdev_map_pirq irq={number} (error={number})'],
    ['vmm-option', 'qemu refused to add device: {text}'],
    ['vmm-option', "wasn't found in QEMU's 'query-pci' response."],
    ['vmm-option', 'Must specify a v-slot for multi-function devices'],
    [
      'see-above',
      'libxl__device_pci_add failed for PCI device {bdf} (rc {number})',
      { isWrapper: true },
    ],
    ['unplug-refused', "Device Model didn't respond in time"],
    ['no-such-device', '{libxl}PCI device not attached to this domain'],
    ['no-iommu-here', 'PCI device {bdf} cannot be assigned - no IOMMU'],
    ['see-above', '{libxl}unable to add pci devices', { isWrapper: true }],
    ['see-above', '{libxl}unable to add device with path', { isWrapper: true }],
  ]),
  ...rowsOf({ ...LIBXL, file: 'tools/xl/xl_pci.c' }, [
    ['vmm-option', 'pci-attach: malformed PCI_SPEC_STRING "{word}"'],
    ['vmm-option', 'pci-assignable-add: malformed BDF "{word}"'],
  ]),
  ...rowsOf(PCIBACK, [
    [
      'dead-device',
      "can't export pci devices that don't have a normal (0) or bridge (1) header type!",
    ],
    ['pciback-log', 'pciback {address}: seizing device'],
    ['pciback-log', 'enabling permissive mode configuration space accesses!'],
    [
      'pciback-held',
      '****** removing device {device} while still in-use by domain {number}! ******',
    ],
    ['pciback-held', 'driver domain may still access this device'],
    ['pciback-held', 'pcifront aer process not responding!'],
    ['config-lost', 'pciback {address}: Could not store PCI conf saved state!'],
    ['config-lost', 'pciback {address}: Could not reload PCI state'],
    ['pciback-refused', 'pciback {address}: error {number} initializing device'],
    [
      'pciback-log',
      'Driver tried to write to a read-only configuration space field at offset {hex}',
    ],
  ]),
  ...rowsOf(HYPERVISOR, [
    ['pciback-refused', 'd{number}: assign ({bdf}) failed ({number})'],
    ['pciback-refused', 'assign {bdf} to dom{number} failed ({number})'],
    ['pciback-refused', '{bdf} already assigned, or non-existent'],
    ['reserved-region', "It's disallowed to assign {bdf} with shared RMRR at {hex}"],
    ['reserved-region', "It's risky to assign {bdf} with shared RMRR at {hex}"],
    ['iommu-stalled', 'AMD IOMMU {bdf}: {text}completion wait taking too long'],
    ['iommu-stalled', 'wait descriptor taking too long'],
    ['dma-fault', 'DMAR:[{text}] Request device [{bdf}]'],
    ['dma-fault', '(XEN) AMD-Vi: IO_PAGE_FAULT: {bdf}'],
    ['no-interrupt-remapping', 'Platform firmware does not support interrupt remapping'],
    ['iommu-no-answer', 'dom{number}: ATS device {bdf} flush failed'],
  ]),
]
