import type { Envelope } from '../../document/envelope.js'
import type { Stated } from '../../document/values.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { ErrnoName } from '../../host/scalars.js'
import type { HotResetReport } from '../../inspect/document.js'
import type { Interface } from '../../policy/policy.js'
import type { Verdict } from '../../policy/verdict.js'
import type { Verb } from '../../simulation/scenario/scenario.js'
import type { Danger } from '../danger.js'
import type { PlannedCall } from './reset-calls.js'

/** A hot reset of one function: what it would do, and what the kernel answered if it was carried out. */
export interface ResetReport extends Envelope<'reset'> {
  /** The function to reset. */
  readonly device: PciAddress
  /** What the answers suppose, of a dry run. `target-bound`: that this function were bound to vfio-pci, which it is not. */
  readonly assumed: HotResetReport['assumed']
  readonly via: Interface
  /** The reset that it would be; null: there is none. */
  readonly scope: HotResetReport['scope']
  /** The bridge above the function's bus, through which it is reset; null: there is no reset. */
  readonly bridge: HotResetReport['via']
  /** What the policy of the running kernel says, for one user who does what `plan` says. */
  readonly prediction: Verdict
  /** Every system call of the reset, in order. */
  readonly plan: readonly PlannedCall[]
  /** Functions that the kernel resets and lists, `device` among them. */
  readonly affected: HotResetReport['affected']
  /** Functions that are reset too, although the kernel does not list them. */
  readonly unaccounted: HotResetReport['unaccounted']
  /** Who and what else the reset would affect. */
  readonly dangers: readonly Danger[]
  /** Whether the reset was carried out; false: a dry run. */
  readonly executed: boolean
  /** The kernel's answer to the reset, or to the call that kept it from being asked for; null: a dry run, or interrupted. */
  readonly actual: ResetAnswerReport | null
  /** Whether the kernel answered as predicted, wherever it was asked; null: it was not asked. */
  readonly agrees: boolean | null
  /** The functions that were reset, looked at again afterwards; null: they were not. */
  readonly after: readonly AfterReport[] | null
}

/** What the running kernel answered. */
export interface ResetAnswerReport {
  /** What the call that ended it returned; null: it succeeded. */
  readonly errno: ErrnoName | null
  readonly durationMs: Milliseconds
  /** The step that gave the answer. */
  readonly at: Verb
}

/**
 * How long the reset took, in milliseconds; 0: it was never asked for.
 * @minimum 0
 */
export type Milliseconds = number

/** A function after the reset. */
export interface AfterReport {
  readonly address: PciAddress
  /** Its configuration space answers. */
  readonly alive: boolean
  /** Whether the link of the port above is active; null: there is no port, or it does not say. */
  readonly link: Stated<boolean | null>
}
