import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { HostNeed } from '../host/raw-host.js'
import type { BoundDriver, DriverName, TreeFile } from '../host/scalars.js'
import type { AcsBit } from '../iommu/acs.js'
import type { AcsQuirkId } from '../iommu/acs-quirk-table.js'
import type { PolicyId } from '../policy/policies/index.js'
import type { Reason } from '../policy/reason.js'
import type { Verdict } from '../policy/verdict.js'

/** One difference between two hosts. */
export type Change =
  | VerdictChange
  | GroupChange
  | FunctionChange
  | ResetChange
  | RegisterChange
  | HostChange

interface Differing<Kind extends string, Before, After = Before> {
  /** What differs. */
  readonly kind: Kind
  /** The functions that it is about, by their addresses after; of what is gone, before. Empty: it is about the host. */
  readonly devices: readonly PciAddress[]
  /** What was there on the first host. */
  readonly before: Before
  /** What is there on the second host. */
  readonly after: After
  /** What brought it about; null: unknown. */
  readonly cause: DiffCause | null
}

/** What a policy answers, with the reasons that only this side has. */
export interface Ending extends Pick<Verdict, 'outcome' | 'errno' | 'at' | 'possible'> {
  /** Why, as far as the other side does not say the same. */
  readonly reasons: readonly Reason[]
}

/** Another outcome or errno under one policy. */
export interface VerdictChange extends Differing<'verdict', Ending> {
  readonly policy: PolicyId
}

/** Other functions share a group. `before` and `after` are the members of each group that the functions are in. */
export interface GroupChange extends Differing<GroupChangeKind, readonly PciAddresses[]> {
  /** What the host itself needs of the functions that share a group now, and did not before. */
  readonly hostNeeds: readonly HostNeed[]
}

/** What happened to groups. */
export type GroupChangeKind =
  /** Groups became one. */
  | 'groups-joined'
  /** A group became several. */
  | 'groups-split'
  /** Neither: members moved from one to another. */
  | 'groups-rearranged'
  /** The functions have no group any more. */
  | 'groups-lost'
  /** The functions had no group before. */
  | 'groups-gained'

/** Another function, or another driver of one. */
export type FunctionChange =
  /** The function is not there any more. */
  | Differing<'function-gone', FunctionFacts, null>
  /** The function was not there before. */
  | Differing<'function-added', null, FunctionFacts>
  /** The function has another address. */
  | Differing<'function-moved', PciAddress>
  /** Another driver is bound to the function. */
  | Differing<'driver', BoundDriver>

/** A function that one side does not have. */
export interface FunctionFacts {
  /** Driver that is bound to it; null: none, or not read. */
  readonly driver: DriverName | null
  /** The other members of its group. */
  readonly groupWith: PciAddresses
}

/** Another reset of functions. */
export type ResetChange =
  /** A hot reset of the functions affects others, or is another one. */
  | Differing<'reset-scope', ScopeFacts>
  /** VFIO keeps the function together with others: another dev_set. */
  | Differing<'dev-set', PciAddresses>
  /** Other words in `reset_method`; null: no such file. */
  | Differing<'reset-methods', readonly string[] | null>

/** The hot reset of a function. */
export interface ScopeFacts {
  /** Whether the kernel resets a hot-plug slot or a bus; null: there is no such reset. */
  readonly scope: 'slot' | 'bus' | null
  /** Functions that it affects. */
  readonly affected: PciAddresses
}

/** Other ACS of functions. */
export type RegisterChange =
  /** Other bits are set in the ACS control register; null: no ACS capability. */
  | Differing<'acs', readonly AcsBit[] | null>
  /** Another row of the kernel's quirk table decides for the functions; null: none. */
  | Differing<'acs-quirk', AcsQuirkId | null>

/** Another host as a whole. */
export type HostChange =
  /** Another kernel release. */
  | Differing<'kernel-release', string>
  /** Words of the kernel's command line that only one side has. */
  | Differing<'command-line', readonly string[]>
  /** What the host itself needs functions for, as far as only one side does. */
  | Differing<'host-needs', readonly HostNeed[]>

export type ChangeKind = Change['kind']

/** A change of one kind; what brought it about is told where it can be. */
export function changed<Kind extends ChangeKind, Before, After>(
  kind: Kind,
  devices: readonly PciAddress[],
  { before, after }: { readonly before: Before; readonly after: After },
  cause: DiffCause | null = null,
) {
  return { kind, devices, before, after, cause }
}

/** What brought a change about, as far as it is known. */
export type DiffCause =
  | AcsChanged
  | QuirkChanged
  | ParameterChanged
  | KernelChanged
  | DriverChanged
  | MembersChanged
  /** A hot reset of `at` affects other functions. */
  | { readonly kind: 'scope-changed'; readonly at: PciAddress }
  | FunctionChanged
  /** Another process holds what is needed. */
  | { readonly kind: 'holder-changed' }
  | SideUnread

/** Other bits are set in the ACS control register of `at`. */
export interface AcsChanged {
  readonly kind: 'acs-changed'
  readonly at: PciAddress
  /** Bits that are set on the first host; null: no ACS capability. */
  readonly before: readonly AcsBit[] | null
  /** Bits that are set on the second host; null: no ACS capability. */
  readonly after: readonly AcsBit[] | null
}

/** Another row of the kernel's quirk table decides for `at`. */
export interface QuirkChanged {
  readonly kind: 'quirk-changed'
  readonly at: PciAddress
  /** The quirk that applies on the first host; null: none. */
  readonly before: AcsQuirkId | null
  /** The quirk that applies on the second host; null: none. */
  readonly after: AcsQuirkId | null
}

/** Other parameters of the kernel that change groups. */
export interface ParameterChanged {
  readonly kind: 'parameter-changed'
  /** Parameters that only the first host has. */
  readonly before: readonly string[]
  /** Parameters that only the second host has. */
  readonly after: readonly string[]
}

/** Another kernel release. */
export interface KernelChanged {
  readonly kind: 'kernel-changed'
  /** Release of the first host. */
  readonly before: string
  /** Release of the second host. */
  readonly after: string
}

/** Another driver is bound to `at`. */
export interface DriverChanged {
  readonly kind: 'driver-changed'
  readonly at: PciAddress
  readonly before: BoundDriver
  readonly after: BoundDriver
}

/** The group of `at` has other members. */
export interface MembersChanged {
  readonly kind: 'group-changed'
  readonly at: PciAddress
  /** Functions that came to it. */
  readonly joined: PciAddresses
  /** Functions that went. */
  readonly left: PciAddresses
}

/** The function `at` came, went or moved. */
export interface FunctionChanged {
  readonly kind: 'function-changed'
  readonly at: PciAddress
  /** Whether the function is there on the second host alone, on the first alone, or at another address. */
  readonly how: 'added' | 'gone' | 'moved'
}

/** A fact that decides was not read on that side. */
export interface SideUnread {
  readonly kind: 'unread'
  readonly side: Side
  /** File that would settle it; null: no single one. */
  readonly path: TreeFile | null
}

/** The first host, or the second. */
export type Side = 'before' | 'after'

/** A fact that one side did not tell, so that it was not compared. */
export interface Incomparable {
  /** The fact, by the kind of change that it could have been. */
  readonly what: 'driver' | 'group' | 'acs' | 'reset-scope' | 'reset-methods' | 'command-line'
  /** The functions that it is about; empty: it is about the host. */
  readonly devices: readonly PciAddress[]
}
