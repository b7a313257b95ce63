import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber } from '../host/scalars.js'
import type { Reason, Refusal, Stage } from './reason.js'
import type { ResetCase } from './reset-case.js'

export type PolicyId =
  | 'group-fds'
  | 'opened-group-fds'
  | 'iommufd'
  | 'ctx-or-unopened'
  | 'singleton'
  | 'device-fds'
  | 'device-fd-as-group'
  | 'ctx-or-group-in-set'
  | 'opened-only-core'
  | 'closure'
  | 'reset-group-claim'
  | 'reset-group-claim-strict'

/** One answer to the question "who may hot-reset?": a rule that some kernel has, or that was argued over on the list. */
export interface Policy {
  readonly id: PolicyId
  readonly title: string
  /** The rule in one sentence, for people. */
  readonly rule: string
  /** The mail in which it stands. `by` is the author, `date` ISO. */
  readonly origin: { readonly subject: string; readonly date: string; readonly by: string }
  /** First mainline release with the rule; null: no kernel ever had it. */
  readonly implementedSince: string | null
  /** Every check that refuses the assumed caller, in kernel order. Empty: permitted. */
  readonly judge: (c: ResetCase) => readonly Refusal[]
  /**
   * What the caller must have for a reset of the case's target, everything in `affected` being bound; null: never
   * enough.
   */
  readonly needs: (c: ResetCase) => Needs | null
}

/** Group files and functions that the caller has to open. */
export interface Needs {
  readonly groups: readonly GroupNumber[]
  readonly devices: readonly PciAddress[]
}

/** The answer of one policy for one function (`docs/reference/documents.md#verdicts`). */
export interface Verdict {
  readonly policy: PolicyId
  readonly outcome: 'permitted' | 'refused' | 'undetermined'
  readonly errno: string | null
  readonly at: Stage | null
  readonly implemented: boolean
  readonly hypothetical: boolean
  readonly reasons: readonly Reason[]
  readonly requires: Requirement | null
}

/** The least that makes it permitted. */
export interface Requirement extends Needs {
  /** Functions of `affected` still to be bound to vfio-pci. */
  readonly bind: readonly PciAddress[]
  /** Functions outside `affected` that must leave a native driver because they share the target's group. */
  readonly release: readonly PciAddress[]
}
