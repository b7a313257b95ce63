import type { Gap, GapWhy } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber, ProcessId } from '../host/scalars.js'

/**
 * The steps at which a caller can be refused, in the order in which they are taken
 * (`docs/reference/documents.md#verdicts`).
 */
export const STAGES = [
  'open-group',
  'set-container',
  'open-device',
  'open-cdev',
  'bind',
  'hot-reset',
] as const

export type Stage = (typeof STAGES)[number]

/** A fact that stands in the way of a hot reset whoever asks. Every policy meets it. */
export type Blocker =
  | { readonly kind: 'no-reset'; readonly address: PciAddress }
  | { readonly kind: 'root-bus'; readonly address: PciAddress }
  | { readonly kind: 'virtual-bus'; readonly address: PciAddress }
  /** `address` is the function or bridge that carries the flag. */
  | { readonly kind: 'no-bus-reset'; readonly address: PciAddress }
  | { readonly kind: 'bridge-inside'; readonly address: PciAddress }
  | { readonly kind: 'unbound'; readonly address: PciAddress }
  | { readonly kind: 'foreign-driver'; readonly address: PciAddress; readonly driver: string }
  | { readonly kind: 'other-dev-set'; readonly address: PciAddress }
  | { readonly kind: 'vf-split'; readonly address: PciAddress }

/** Why a verdict is not "permitted": a blocker, or a refusal of the way in or of the ownership rule. */
export type Reason =
  | Blocker
  /** Stands for all blockers of the same function, where listing them again would only repeat. */
  | { readonly kind: 'blocked' }
  | {
      readonly kind: 'group-not-owned'
      readonly address: PciAddress
      readonly group: GroupNumber | null
    }
  | { readonly kind: 'other-context'; readonly address: PciAddress; readonly pid: ProcessId }
  | {
      readonly kind: 'group-not-viable'
      readonly address: PciAddress | null
      readonly member: string
      readonly group: GroupNumber
      readonly driver: string
    }
  | { readonly kind: 'group-busy'; readonly group: GroupNumber; readonly pid: ProcessId }
  | { readonly kind: 'claimed'; readonly address: PciAddress; readonly pid: ProcessId }
  | { readonly kind: 'no-cdev' }
  | { readonly kind: 'noiommu'; readonly address: PciAddress }
  /** No IOMMU group and no unsafe no-IOMMU mode: vfio-pci cannot take the function at all. */
  | { readonly kind: 'no-group'; readonly address: PciAddress }
  | { readonly kind: 'not-singleton'; readonly address: PciAddress }
  | { readonly kind: 'mode' }
  | { readonly kind: 'array' }
  | Unread

/** A fact that was not read and decides; it names the file that would settle it. */
export interface Unread {
  readonly kind: 'unread'
  readonly address: PciAddress | null
  readonly path: string
  readonly why: GapWhy
  readonly detail: string
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

export function unread(address: PciAddress | null, { path, why, detail }: Gap): Unread {
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
  'vf-split': true,
}

const BLOCKER_KINDS: ReadonlySet<string> = new Set(Object.keys(BLOCKERS))

/** Whether a reason would stand in anybody's way. */
export function isBlocker(reason: Reason): reason is Blocker {
  return BLOCKER_KINDS.has(reason.kind)
}
