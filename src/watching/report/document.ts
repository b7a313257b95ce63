import type { Change } from '../../diff/change.js'
import type { Envelope, Heading } from '../../document/envelope.js'
import type { Stated } from '../../document/values.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { PolicyId } from '../../policy/policies/index.js'
import type { ConditionId } from '../condition.js'
import type { Trigger } from '../trigger.js'

/** One line of `watch --json`: what changed since the host was read before. The first line says that it was read. */
export interface WatchEvent extends Heading<'watch'> {
  /** When, ISO 8601, UTC. */
  readonly time: string
  readonly trigger: Trigger
  /** As in `diff`: verdicts that flipped first. */
  readonly changes: readonly Change[]
}

/** How a wait ended. */
export interface WaitReport extends Envelope<'wait'> {
  /** What was waited for. */
  readonly for: ConditionId
  /** Rule that `permitted` goes by; null: it was not asked. */
  readonly policy: PolicyId | null
  /** Whether it holds of all functions. */
  readonly holds: Stated<boolean>
  /** Each function that was named, in that order. */
  readonly devices: readonly WaitedFunction[]
}

/** A function that was waited for. */
export interface WaitedFunction {
  /** Its address; null: what was named was not there so far. */
  readonly address: PciAddress | null
  /** How the command line names it. */
  readonly named: string
  /** Whether it holds of the function. */
  readonly holds: Stated<boolean>
}
