import { GAP_WORDS } from '../host/gap-words.js'
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
    title: 'The way in',
    meaning: 'whoever asks for the reset must first be able to open the function.',
  },
  viability: {
    title: 'Viability of the IOMMU group (DMA)',
    meaning:
      'a group opens only if none of its members is on a native driver; members without a driver are fine here.',
  },
  completeness: {
    title: 'Completeness of the dev_set',
    meaning:
      'every function that the reset hits must be on vfio-pci, in the same dev_set (the functions that VFIO resets together); having no driver is not enough here.',
  },
  ownership: {
    title: 'Ownership',
    meaning: 'whoever asks for the reset must own every function of the dev_set, open or not.',
  },
  unread: {
    title: 'Files',
    meaning: 'what they say decides, and it could not be read.',
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
      `${address} sits on a root bus: there is no bridge above it that a reset could go through.`,
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
    meaning: 'The reset hits these bridges, and vfio-pci takes no bridge.',
    sentence: ({ address }) =>
      `The reset hits the bridge ${address}, and vfio-pci takes no bridge.`,
    kernel: 'vfio_pci_dev_set_resettable',
    hint: 'Ask for a function below the bridge instead: its own hot reset stops short of the bridge.',
  },
  unbound: {
    title: 'Without driver',
    rule: 'completeness',
    meaning: 'The reset hits them, so they must be on vfio-pci too.',
    sentence: ({ address }) =>
      `${address} has no driver. The reset hits it, so it must be on vfio-pci too.`,
    kernel: 'vfio_pci_dev_set_resettable',
    hint: 'Bind it to vfio-pci; it need not be opened.',
  },
  'foreign-driver': {
    title: 'On another driver',
    rule: 'completeness',
    meaning: 'The reset hits them, so they must be on vfio-pci too.',
    sentence: ({ address, driver }) =>
      `${address} is on the driver ${driver}. The reset hits it, so it must be on vfio-pci instead.`,
    kernel: 'vfio_pci_dev_set_resettable',
    hint: 'Bind it to vfio-pci; it need not be opened.',
  },
  'other-dev-set': {
    title: 'In another dev_set',
    rule: 'completeness',
    meaning:
      'The reset hits them, but they are on another bus or in another slot, so VFIO keeps them apart.',
    sentence: ({ address }) =>
      `The reset hits ${address}, but that is on another bus or in another slot, so VFIO keeps it in another dev_set.`,
    kernel: 'vfio_pci_dev_set_resettable',
    hint: null,
  },
  'vf-split': {
    title: 'PF and VF kept apart',
    rule: 'completeness',
    meaning: 'The reset hits PF and VFs, but this kernel keeps each VF in a dev_set of its own.',
    sentence: ({ address }) =>
      `The reset hits ${address} too, but this kernel keeps each VF in a dev_set of its own.`,
    kernel: 'vfio_assign_device_set',
    hint: 'Switch the VFs off (sriov_numvfs) before a hot reset of the PF; reset a VF by FLR.',
  },
  blocked: {
    title: 'Blocked',
    rule: 'completeness',
    meaning: 'See the list that holds for every policy.',
    sentence: () => 'It is blocked by what stands in the way of every policy.',
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
    meaning: 'Members on native drivers keep the group closed.',
    sentence: ({ member, group, driver }) =>
      `Group ${group} does not open: its member ${member} is on the driver ${driver}.`,
    kernel: 'iommu_group_claim_dma_owner',
    hint: 'Take that member off its driver: vfio-pci or no driver are both fine here.',
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
    hint: 'That takes 6.6 or later with CONFIG_VFIO_DEVICE_CDEV; use the group files here.',
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
    hint: 'Switch the IOMMU on, in the firmware and on the kernel command line (intel_iommu=on on Intel).',
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
    meaning: 'The proof does not match the way in which the function was opened.',
    sentence: () =>
      'The proof does not match the way in: a function opened through its group must pass group files, one opened as a device file must pass none.',
    kernel: 'vfio_pci_ioctl_pci_hot_reset',
    hint: 'Open all of it in the same way.',
  },
  array: {
    title: 'Wrong list of files',
    rule: 'ownership',
    meaning: 'The list of files cannot be what the kernel asks for.',
    sentence: () =>
      'The list holds more files than the reset hits functions, or one that is no group file.',
    kernel: 'vfio_pci_ioctl_pci_hot_reset_groups',
    hint: 'Pass each group file once, and only those of the dev_set.',
  },
  unread: {
    title: 'Not read',
    rule: 'unread',
    meaning: 'These files decide and could not be read.',
    sentence: (gap) => GAP_WORDS[gap.why].sentence(gap),
    kernel: null,
    hint: null,
  },
} as const satisfies WordTable<ByKind<Reason>, ReasonWords>

/*
 * The only prose about facts: one total table for each union that the layers below speak in. No sentence is made
 * anywhere else from a kind.
 */

export function tellReason(reason: Reason): Rendered<ReasonWords> {
  return tell<ByKind<Reason>, ReasonWords, Reason['kind']>(REASON_WORDS, reason.kind, reason)
}
