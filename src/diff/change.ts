import type { PciAddress } from '../host/pci-address.js'
import type { HostNeed } from '../host/raw-host.js'
import type { AcsBit } from '../iommu/acs.js'
import type { PolicyId } from '../policy/policies/index.js'
import type { Reason } from '../policy/reason.js'
import type { Verdict } from '../policy/verdict.js'

/**
 * One difference between two hosts. `devices` are those it is about, by their addresses after; of what is gone, before.
 * Facts only: words stand in `report/words-diff.ts`.
 */
export type Change =
  | VerdictChange
  | GroupChange
  | FunctionChange
  | ResetChange
  | RegisterChange
  | HostChange

interface Differing<Kind extends string, Value> {
  readonly kind: Kind
  readonly devices: readonly PciAddress[]
  readonly before: Value
  readonly after: Value
  readonly cause: DiffCause | null
}

/** What a policy answers, with the reasons that only this side has. */
export interface Ending extends Pick<Verdict, 'outcome' | 'errno' | 'at'> {
  readonly reasons: readonly Reason[]
}

export interface VerdictChange extends Differing<'verdict', Ending> {
  readonly policy: PolicyId
}

/** `others`: what the host itself needs of the functions that share a group now, and did not before. */
export interface GroupChange
  extends Differing<
    'groups-joined' | 'groups-split' | 'groups-rearranged' | 'groups-lost' | 'groups-gained',
    readonly (readonly PciAddress[])[]
  > {
  readonly hostNeeds: readonly HostNeed[]
}

export type FunctionChange =
  | (Differing<'function-gone', FunctionFacts> & { readonly after: null })
  | Differing<'function-added', FunctionFacts>
  | Differing<'function-moved', PciAddress>
  | Differing<'driver', string | null>

/** `null`: there is no such function on that side. */
export type FunctionFacts = {
  readonly driver: string | null
  /** The other members of its group. */
  readonly groupWith: readonly PciAddress[]
} | null

export type ResetChange =
  /** Functions that a hot reset of `devices` hits, and by which reset; `scope` null: there is none. */
  | Differing<
      'reset-scope',
      { readonly scope: 'slot' | 'bus' | null; readonly affected: readonly PciAddress[] }
    >
  | Differing<'dev-set', readonly PciAddress[]>
  | Differing<'reset-methods', readonly string[] | null>

export type RegisterChange =
  /** Bits set in the ACS control register; null: no ACS capability. */
  Differing<'acs', readonly AcsBit[] | null> | Differing<'acs-quirk', string | null>

export type HostChange =
  | Differing<'kernel-release', string>
  /** Words of the kernel's command line that only one side has. */
  | Differing<'command-line', readonly string[]>
  /** Functions that the host itself needs. */
  | Differing<'host-needs', readonly HostNeed[]>

export type ChangeKind = Change['kind']

/** What brought a change about, as far as it can be told. */
export type DiffCause =
  | {
      readonly kind: 'acs-changed'
      readonly at: PciAddress
      readonly before: readonly AcsBit[] | null
      readonly after: readonly AcsBit[] | null
    }
  | {
      readonly kind: 'quirk-changed'
      readonly at: PciAddress
      readonly before: string | null
      readonly after: string | null
    }
  | {
      readonly kind: 'parameter-changed'
      readonly before: readonly string[]
      readonly after: readonly string[]
    }
  | { readonly kind: 'kernel-changed'; readonly before: string; readonly after: string }
  | {
      readonly kind: 'driver-changed'
      readonly at: PciAddress
      readonly before: string | null
      readonly after: string | null
    }
  /** The group of `at` has other members: `joined` came to it, `left` went. */
  | {
      readonly kind: 'group-changed'
      readonly at: PciAddress
      readonly joined: readonly PciAddress[]
      readonly left: readonly PciAddress[]
    }
  | { readonly kind: 'scope-changed'; readonly at: PciAddress }
  | {
      readonly kind: 'function-changed'
      readonly at: PciAddress
      readonly how: 'added' | 'gone' | 'moved'
    }
  /** Another process holds what is needed. */
  | { readonly kind: 'holder-changed' }
  /** Not read on that side. */
  | { readonly kind: 'unread'; readonly side: 'before' | 'after'; readonly path: string | null }

/** A fact that one side did not tell, so that it was not compared. */
export interface Incomparable {
  readonly what: 'driver' | 'group' | 'acs' | 'reset-scope' | 'reset-methods' | 'command-line'
  readonly devices: readonly PciAddress[]
}
