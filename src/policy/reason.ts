import type { Gap } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { DriverName, GroupNumber, ProcessId } from '../host/scalars.js'

/** The calls in which a caller can be refused, each with its place in the order of calls. */
export const STAGE_RANKS = {
  'open-group': 0,
  'set-container': 1,
  'open-device': 2,
  'open-cdev': 3,
  bind: 4,
  'hot-reset': 5,
} as const

/** A call on the way to a hot reset. */
export type Stage = keyof typeof STAGE_RANKS

/** A fact that stands in the way of a hot reset whoever asks. Every policy meets it. */
export type Blocker =
  /** The function has neither a slot reset nor a bus reset. */
  | { readonly kind: 'no-reset'; readonly address: PciAddress }
  /** The function is on a root bus: no bridge is above it that a reset could go through. */
  | { readonly kind: 'root-bus'; readonly address: PciAddress }
  /** The function is a VF on a bus that SR-IOV made for VFs: no bridge leads to it. */
  | { readonly kind: 'virtual-bus'; readonly address: PciAddress }
  /** The kernel never resets a bus with this function or bridge (`PCI_DEV_FLAGS_NO_BUS_RESET`). */
  | { readonly kind: 'no-bus-reset'; readonly address: PciAddress }
  /** The reset affects this bridge, and vfio-pci does not bind to bridges. */
  | { readonly kind: 'bridge-inside'; readonly address: PciAddress }
  /** The reset affects this function, which has no driver: it must be bound to vfio-pci. */
  | { readonly kind: 'unbound'; readonly address: PciAddress }
  /** The reset affects this function, which is bound to another driver than vfio-pci. */
  | { readonly kind: 'foreign-driver'; readonly address: PciAddress; readonly driver: DriverName }
  /** The reset affects this function, which is bound to vfio-pci, but is in another dev_set: on another bus or slot. */
  | { readonly kind: 'other-dev-set'; readonly address: PciAddress }
  /** The reset affects this function, which is in another dev_set: a slot of the bus came or went between the two bindings. */
  | { readonly kind: 'slot-moved'; readonly address: PciAddress }
  /** The reset affects this PF or VF, and this kernel keeps each VF in a dev_set of its own. */
  | { readonly kind: 'vf-split'; readonly address: PciAddress }

/** Why a verdict is not "permitted": a blocker, or a refusal of the way in or of the ownership rule. */
export type Reason =
  | Blocker
  /** Stands for all blockers of the same function, where listing them again would only repeat. */
  | { readonly kind: 'blocked' }
  | GroupNotOwned
  /** Process `pid` has the function open, so that the caller does not own it. */
  | { readonly kind: 'other-context'; readonly address: PciAddress; readonly pid: ProcessId }
  | GroupNotViable
  /** Process `pid` has the file of the group open, and it opens once only. */
  | { readonly kind: 'group-busy'; readonly group: GroupNumber; readonly pid: ProcessId }
  /** Process `pid` has the function open, so that its reset group cannot be claimed. */
  | { readonly kind: 'claimed'; readonly address: PciAddress; readonly pid: ProcessId }
  | NoCdev
  /** The function is in unsafe no-IOMMU mode, for which this kernel accepts no such proof. */
  | { readonly kind: 'noiommu'; readonly address: PciAddress }
  | NoGroup
  | UnsafeInterrupts
  | NotSingleton
  /** The proof does not match the interface through which the function was opened. */
  | { readonly kind: 'mode' }
  /** More files are passed than the reset affects functions, or one that is no group file. */
  | { readonly kind: 'array' }
  | UnreadReason

/** The function must be owned too, and the file of its group is none that the caller has opened, or passes. */
export interface GroupNotOwned {
  readonly kind: 'group-not-owned'
  readonly address: PciAddress
  /** null: the function has no group whose file could be opened. */
  readonly group: GroupNumber | null
}

/** This kernel has no device files under `/dev/vfio/devices`. */
export interface NoCdev {
  readonly kind: 'no-cdev'
}

/** No IOMMU group and no unsafe no-IOMMU mode: vfio-pci cannot bind to the function at all. */
export interface NoGroup {
  readonly kind: 'no-group'
  readonly address: PciAddress
}

/** Interrupts of the host are not isolated, and `allow_unsafe_interrupts` is N: no group with an IOMMU is attached. */
export interface UnsafeInterrupts {
  readonly kind: 'unsafe-interrupts'
  readonly address: PciAddress
}

/** This function is in the same dev_set, so that the one asked about is not alone there. */
export interface NotSingleton {
  readonly kind: 'not-singleton'
  readonly address: PciAddress
}

/** The group does not open, since a member is bound to a driver that is no vfio driver. */
export interface GroupNotViable {
  readonly kind: 'group-not-viable'
  /** That member; null: it is no PCI function. */
  readonly address: PciAddress | null
  /** Name of that member under the group's `devices`, its address where it is a PCI function. */
  readonly member: string
  readonly group: GroupNumber
  readonly driver: DriverName
}

/** A fact that decides and was not read. */
export interface UnreadReason extends Gap {
  readonly kind: 'unread'
  /** The function that it is about; null: no single one. */
  readonly address: PciAddress | null
}

/** See `Reason`. */
export const BLOCKED: Reason = { kind: 'blocked' }

export type BlockerKind = Blocker['kind']

/** A check that refuses for certain, or one that may because a fact was not read. */
export type Refusal = {
  readonly at: Stage
  /** null: there is nothing to call. */
  readonly errno: string | null
  readonly reason: Reason
  /** The unread facts on which it hangs; null: certain. */
  readonly unless: Gap | null
}

export function refusal(at: Stage, errno: string | null, reason: Reason): Refusal {
  return { at, errno, reason, unless: null }
}

/** A refusal that would follow from `reason` if the unread fact behind `gap` were against the caller. */
export function possibleRefusal(
  at: Stage,
  errno: string | null,
  address: PciAddress | null,
  gap: Gap,
): Refusal {
  return { at, errno, reason: unread(address, gap), unless: gap }
}

export function unread(address: PciAddress | null, { path, why, detail }: Gap): UnreadReason {
  return { kind: 'unread', address, path, why, detail }
}

const BLOCKERS: Record<BlockerKind, true> = {
  'no-reset': true,
  'root-bus': true,
  'virtual-bus': true,
  'no-bus-reset': true,
  'bridge-inside': true,
  unbound: true,
  'foreign-driver': true,
  'other-dev-set': true,
  'slot-moved': true,
  'vf-split': true,
}

const BLOCKER_KINDS: ReadonlySet<string> = new Set(Object.keys(BLOCKERS))

/** Why a reset may not exist at all. One that hangs on an unread fact is a supposition: that fact is told in its place. */
export function isDenial({ kind }: Reason): boolean {
  return DENIALS.has(kind)
}

const DENIALS: ReadonlySet<Reason['kind']> = new Set([
  'no-reset',
  'root-bus',
  'virtual-bus',
  'no-bus-reset',
])

/** Whether a reason would stand in anybody's way. */
export function isBlocker(reason: Reason): reason is Blocker {
  return BLOCKER_KINDS.has(reason.kind)
}
