import { tellGap } from '../host/gap-words.js'
import { type ByKind, type Rendered, tell, type Words, type WordTable } from '../text/word-table.js'
import type { Reason } from './reason.js'

/** The rules that a hot reset has to pass. They are asked by different code, and people mix them up. */
export const RULES = [
  'existence',
  'way-in',
  'viability',
  'completeness',
  'ownership',
  'unread',
] as const

export type Rule = (typeof RULES)[number]

export interface ReasonWords extends Words {
  readonly rule: Rule
  /** What the kind means when several facts of it are listed under its title. */
  readonly meaning: string
  /** Kernel function that refuses; null: no kernel has the rule, or none is asked. */
  readonly kernel: string | null
}

/** What each rule asks, in one sentence. */
export const RULE_WORDS = {
  existence: {
    title: 'Existence of the reset',
    meaning: 'there must be a bridge above the function that the kernel agrees to reset through.',
  },
  'way-in': {
    title: 'Opening the function',
    meaning: 'whoever asks for the reset must first be able to open it.',
  },
  viability: {
    title: 'Viability of the IOMMU group (DMA)',
    meaning:
      'a group opens only if none of its members is bound to a native driver; members without a driver are fine here.',
  },
  completeness: {
    title: 'Completeness of the dev_set',
    meaning:
      'every function that the reset affects must be bound to vfio-pci, in the same dev_set (the functions that VFIO resets together); having no driver is not enough here.',
  },
  ownership: {
    title: 'Ownership',
    meaning: 'whoever asks for the reset must own every function of the dev_set, open or not.',
  },
  unread: {
    title: 'Files',
    meaning: 'the answer depends on them, and they could not be read.',
  },
} as const satisfies Record<Rule, { readonly title: string; readonly meaning: string }>

const OWN_RESET = 'Only a reset of the function itself (FLR, PM) can clear its state.'

/** Words for every reason against a hot reset, with the kernel function that gives it (5.10 to 7.3). */
export const REASON_WORDS = {
  'no-reset': {
    title: 'No reset',
    rule: 'existence',
    meaning: 'There is neither a slot reset nor a bus reset.',
    sentence: ({ address }) => `${address} has neither a slot reset nor a bus reset.`,
    kernel: 'pci_probe_reset_slot, pci_probe_reset_bus',
    hint: OWN_RESET,
  },
  'root-bus': {
    title: 'On a root bus',
    rule: 'existence',
    meaning: 'There is no bridge above that a reset could go through.',
    sentence: ({ address }) =>
      `${address} is on a root bus: there is no bridge above it that a reset could go through.`,
    kernel: 'pci_probe_reset_bus',
    hint: OWN_RESET,
  },
  'virtual-bus': {
    title: 'VF on a bus of its own',
    rule: 'existence',
    meaning: 'No bridge leads to its bus, which SR-IOV made for the VFs.',
    sentence: ({ address }) =>
      `${address} is a VF on a bus that SR-IOV made: no bridge leads to it that a reset could go through.`,
    kernel: 'pci_probe_reset_bus',
    hint: 'A VF is reset by FLR, or together with its PF.',
  },
  'no-bus-reset': {
    title: 'Exempt from bus resets',
    rule: 'existence',
    meaning: 'The kernel never resets a bus with such a function: it would not come back.',
    sentence: ({ address }) =>
      `The kernel never resets a bus with ${address}: it is on its list of functions that do not come back (PCI_DEV_FLAGS_NO_BUS_RESET).`,
    kernel: 'pci_bus_resettable, pci_slot_resettable',
    hint: OWN_RESET,
  },
  'bridge-inside': {
    title: 'Bridge inside the reset',
    rule: 'completeness',
    meaning: 'The reset affects these bridges, and vfio-pci does not bind to bridges.',
    sentence: ({ address }) =>
      `The reset affects the bridge ${address}, and vfio-pci does not bind to bridges.`,
    kernel: 'vfio_pci_dev_set_resettable',
    hint: 'Ask for a function below the bridge instead: its own hot reset does not reach the bridge.',
  },
  unbound: {
    title: 'Without driver',
    rule: 'completeness',
    meaning: 'The reset affects them, so they must be bound to vfio-pci too.',
    sentence: ({ address }) =>
      `${address} has no driver. The reset affects it, so it must be bound to vfio-pci too.`,
    kernel: 'vfio_pci_dev_set_resettable',
    hint: 'Bind it to vfio-pci; it need not be opened.',
  },
  'foreign-driver': {
    title: 'Bound to another driver',
    rule: 'completeness',
    meaning: 'The reset affects them, so they must be bound to vfio-pci too.',
    sentence: ({ address, driver }) =>
      `${address} is bound to ${driver}. The reset affects it, so it must be bound to vfio-pci instead.`,
    kernel: 'vfio_pci_dev_set_resettable',
    hint: 'Bind it to vfio-pci; it need not be opened.',
  },
  'other-dev-set': {
    title: 'In another dev_set',
    rule: 'completeness',
    meaning:
      'The reset affects them, but they are on another bus or in another slot, so VFIO keeps them in another dev_set.',
    sentence: ({ address }) =>
      `The reset affects ${address}, but it is on another bus or in another slot, so VFIO keeps it in another dev_set.`,
    kernel: 'vfio_pci_dev_set_resettable',
    hint: null,
  },
  'slot-moved': {
    title: 'Bound with another slot',
    rule: 'completeness',
    meaning:
      'The reset affects them, but a slot came or went between the two bindings, and VFIO fixes by which slot or bus a function is reset when it is bound.',
    sentence: ({ address }) =>
      `The reset affects ${address}, but a slot came or went between the two bindings, so VFIO keeps it in another dev_set.`,
    kernel: 'vfio_pci_core_register_device',
    hint: 'Unbind both from vfio-pci and bind them again.',
  },
  'vf-split': {
    title: 'PF and VF kept apart',
    rule: 'completeness',
    meaning: 'The reset affects PF and VFs, but this kernel keeps each VF in a dev_set of its own.',
    sentence: ({ address }) =>
      `The reset affects ${address} too, but this kernel keeps each VF in a dev_set of its own.`,
    kernel: 'vfio_assign_device_set',
    hint: 'Switch the VFs off (sriov_numvfs) before a hot reset of the PF; reset a VF by FLR.',
  },
  blocked: {
    title: 'Blocked',
    rule: 'completeness',
    meaning: 'The reasons are listed under every policy.',
    sentence: () => 'It is blocked for the reasons that are listed under every policy.',
    kernel: null,
    hint: null,
  },
  'group-not-owned': {
    title: 'Group not owned',
    rule: 'ownership',
    meaning: 'The caller has not opened these groups.',
    sentence: ({ address, group }) =>
      group === null
        ? `${address} must be owned too, and it has no group that the caller could open.`
        : `${address} must be owned too, and the caller has not opened its group ${group}.`,
    kernel: 'vfio_pci_dev_set_hot_reset',
    hint: 'Give the group to the same process.',
  },
  'other-context': {
    title: 'Open in another process',
    rule: 'ownership',
    meaning: 'Another process has them open.',
    sentence: ({ address, pid }) => `Process ${pid} has ${address} open.`,
    kernel: 'vfio_pci_dev_set_hot_reset, vfio_df_ioctl_bind_iommufd',
    hint: 'Give all of it to one process, or end the other one.',
  },
  'group-not-viable': {
    title: 'Group not viable',
    rule: 'viability',
    meaning: 'Members bound to native drivers keep the group closed.',
    sentence: ({ member, group, driver }) =>
      `Group ${group} does not open: its member ${member} is bound to ${driver}.`,
    kernel: 'iommu_group_claim_dma_owner',
    hint: 'Unbind that member from its driver: vfio-pci and no driver are both fine here.',
  },
  'group-busy': {
    title: 'Group in use',
    rule: 'way-in',
    meaning: 'Another process has the group file open, and it opens once only.',
    sentence: ({ group, pid }) =>
      `Process ${pid} has the file of group ${group} open, and it opens once only.`,
    kernel: 'vfio_group_fops_open',
    hint: 'End that process, or let it issue the reset.',
  },
  'unsafe-interrupts': {
    title: 'Interrupts not isolated',
    rule: 'way-in',
    meaning: 'Interrupt remapping is off, and allow_unsafe_interrupts is N.',
    sentence: ({ address }) =>
      `Interrupts are not isolated (no interrupt remapping), so the kernel attaches no group to a user: ${address} could forge interrupts.`,
    kernel: 'vfio_iommu_type1_attach_group, iommufd_device_bind',
    hint: 'Switch interrupt remapping on; allow_unsafe_interrupts=1 lets guests that one trusts do without.',
  },
  claimed: {
    title: 'Open in another process',
    rule: 'ownership',
    meaning: 'Another process has them open, so they cannot be claimed.',
    sentence: ({ address, pid }) =>
      `Process ${pid} has ${address} open, so the reset group cannot be claimed.`,
    kernel: null,
    hint: 'Give all of it to one process, or end the other one.',
  },
  'no-cdev': {
    title: 'No device files',
    rule: 'way-in',
    meaning: 'This kernel has no device files under /dev/vfio/devices.',
    sentence: () => 'This kernel has no device files under /dev/vfio/devices.',
    kernel: 'vfio_device_add',
    hint: 'They need Linux 6.6 or later with CONFIG_VFIO_DEVICE_CDEV; use the group files here.',
  },
  noiommu: {
    title: 'Unsafe no-IOMMU mode',
    rule: 'way-in',
    meaning: 'In unsafe no-IOMMU mode this kernel accepts no such proof.',
    sentence: ({ address }) =>
      `${address} is in unsafe no-IOMMU mode, for which this kernel accepts no such proof.`,
    kernel: 'vfio_file_iommu_group, vfio_device_add',
    hint: 'Switch the IOMMU on, or use a newer kernel.',
  },
  'no-group': {
    title: 'No IOMMU group',
    rule: 'way-in',
    meaning: 'They have no IOMMU group, so VFIO does not know them.',
    sentence: ({ address }) => `${address} has no IOMMU group, so VFIO does not know it.`,
    kernel: 'vfio_group_find_or_alloc',
    hint: 'The kernel log tells whether no IOMMU is active, or why the IOMMU driver left it out.',
  },
  'not-singleton': {
    title: 'Not alone',
    rule: 'ownership',
    meaning: 'They are in the same dev_set, so the function is not alone there.',
    sentence: ({ address }) =>
      `${address} is in the same dev_set, so the function is not alone there.`,
    kernel: null,
    hint: null,
  },
  mode: {
    title: 'Wrong kind of proof',
    rule: 'ownership',
    meaning: 'The proof does not match the interface through which the function was opened.',
    sentence: () =>
      'The proof does not match the interface: for a function opened through its group, group files must be passed; for one opened through its device file, none.',
    kernel: 'vfio_pci_ioctl_pci_hot_reset',
    hint: 'Open all of them through the same interface.',
  },
  array: {
    title: 'Wrong list of files',
    rule: 'ownership',
    meaning: 'The list of files cannot be what the kernel asks for.',
    sentence: () =>
      'The list holds more files than the reset affects functions, or one that is no group file.',
    kernel: 'vfio_pci_ioctl_pci_hot_reset_groups',
    hint: 'Pass each group file once, and only those of the dev_set.',
  },
  unread: {
    title: 'Not read',
    rule: 'unread',
    meaning: 'The answer depends on these files, and they could not be read.',
    sentence: (gap) => tellGap(gap).sentence,
    kernel: null,
    hint: null,
  },
} as const satisfies WordTable<ByKind<Reason>, ReasonWords>

export function tellReason(reason: Reason): Rendered<ReasonWords> {
  return tell<ByKind<Reason>, ReasonWords, Reason['kind']>(REASON_WORDS, reason.kind, reason)
}
