import type { Envelope } from '../document/envelope.js'
import type { Stated } from '../document/values.js'
import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { GroupNumber, GroupNumbers } from '../host/scalars.js'
import type { Blocker, Reason } from '../policy/reason.js'
import type { Verdict } from '../policy/verdict.js'
import type { DeviceReport, HotResetReport, InspectReport } from './document.js'

/**
 * What a host has, what a hot reset of each function affects, and who may issue it. Long lists that functions have in common are
 * stated once.
 */
export interface InspectDocument
  extends Envelope<'inspect'>,
    Pick<
      InspectReport,
      'host' | 'related' | 'groups' | 'groupCheck' | 'devSets' | 'units' | 'warnings'
    > {
  /** The functions named on the command line, in that order; without any all of them, sorted by address. */
  readonly devices: readonly DeviceDocument[]
  /** Lists of more than 64 entries, by the names that references use. Left out: none is so long. */
  readonly sets?: Sets
}

/** Lists by name. */
export interface Sets {
  readonly [set: string]: readonly SetEntry[]
}

/** What can stand in a list that is stated once. */
export type SetEntry = PciAddress | GroupNumber | Reason

/** A list in place, or where it is stated. */
export type Shared<E> = readonly E[] | SetReference<E>

/** A list that is stated under `sets`. */
export interface SetReference<E> {
  /** Name of the set. */
  readonly set: string
  /**
   * Entries about this function itself, in place of those that the set has about it. Left out: those that the set has, if any.
   */
  readonly own?: readonly E[]
}

/** Functions in place, or where they are stated. */
export type SharedAddresses = PciAddresses | AddressesReference

/** Numbers of groups in place, or where they are stated. */
export type SharedGroups = GroupNumbers | GroupsReference

/** Reasons in place, or where they are stated. */
export type SharedReasons = readonly Reason[] | ReasonsReference

/** Blockers in place, or where they are stated. */
export type SharedBlockers = readonly Blocker[] | BlockersReference

/** Functions that are stated under `sets`. */
export interface AddressesReference extends SetReference<PciAddress> {}

/** Numbers of groups that are stated under `sets`. */
export interface GroupsReference extends SetReference<GroupNumber> {}

/** Reasons that are stated under `sets`. */
export interface ReasonsReference extends SetReference<Reason> {}

/** Blockers that are stated under `sets`. */
export interface BlockersReference extends SetReference<Blocker> {}

/** One PCI function, as it is written. */
export interface DeviceDocument extends Omit<DeviceReport, 'hotReset' | 'coupled'> {
  readonly hotReset: HotResetDocument
  readonly coupled: CoupledDocument
}

/** The hot reset of a function, as it is written. */
export interface HotResetDocument
  extends Omit<HotResetReport, 'unaccounted' | 'groups' | 'devSet' | 'blockers' | 'verdicts'> {
  /** Functions that are reset too, although the kernel neither lists nor locks them. */
  readonly unaccounted: Stated<SharedAddresses>
  /** Groups of `affected`, sorted. */
  readonly groups: Stated<SharedGroups>
  /** Functions that VFIO keeps together with this one because they are reset together: its dev_set. */
  readonly devSet: Stated<SharedAddresses>
  /** What stands in the way whoever asks; empty: nothing. */
  readonly blockers: SharedBlockers
  /** Who may issue it: one for each policy asked about. */
  readonly verdicts: readonly VerdictDocument[]
}

/** A verdict, as it is written. */
export interface VerdictDocument extends Omit<Verdict, 'reasons' | 'requires'> {
  /**
   * What refuses for certain, in the order in which the kernel asks; of an undetermined verdict first what would settle it.
   * Empty: permitted.
   */
  readonly reasons: SharedReasons
  /** What makes it permitted, also where it is; null: nothing the user could do. */
  readonly requires: RequirementDocument | null
}

/** The least that makes a hot reset permitted, as it is written. */
export interface RequirementDocument {
  /** Affected functions that are still to be bound to vfio-pci. */
  readonly bind: SharedAddresses
  /** Of `bind` those that vfio-pci refuses, or may, by its denylist: its parameter `disable_denylist` has to be Y. Left out: none. */
  readonly denied?: SharedAddresses
  /** Functions that the reset does not affect, but that must leave their native driver because they share its group. */
  readonly release: SharedAddresses
  /** Groups whose files the caller has to open and pass; none where the policy asks for no group files. */
  readonly groups: SharedGroups
  /** Functions that the caller has to open. */
  readonly devices: SharedAddresses
}

/** Functions that cannot be used independently of this one, as it is written. */
export interface CoupledDocument {
  /** Those in its IOMMU group and those that its hot reset affects. */
  readonly direct: SharedAddresses
  /** Every function of every group that its hot reset affects. */
  readonly claimCost: SharedAddresses
}
