import type { SCHEMA_VERSION, Tool } from '../../document/envelope.js'
import type { Source, Stated } from '../../document/values.js'
import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { HotResetReport } from '../../inspect/document.js'
import type { Interface } from '../../policy/policy.js'
import type { Verdict } from '../../policy/verdict.js'
import type { Verb } from '../../simulation/scenario/scenario.js'
import type { Danger } from '../danger.js'
import type { PlannedCall } from './reset-calls.js'

/** `reset --json` (`docs/reference/documents.md#reset`). */
export interface ResetReport {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly kind: 'reset'
  readonly tool: Tool
  readonly source: Source
  readonly gaps: readonly Gap[]
  readonly device: PciAddress
  readonly via: Interface
  readonly scope: HotResetReport['scope']
  /** The bridge that is reset through. */
  readonly bridge: HotResetReport['via']
  readonly prediction: Verdict
  readonly plan: readonly PlannedCall[]
  readonly affected: HotResetReport['affected']
  readonly unaccounted: HotResetReport['unaccounted']
  /** Whoever and whatever else the reset would hit. */
  readonly dangers: readonly Danger[]
  readonly executed: boolean
  /** The kernel's answer to the reset, or to the call that kept it from being asked for. */
  readonly actual: ResetAnswerReport | null
  /** Whether the kernel answered as foretold, wherever it was asked; null: it was not asked. */
  readonly agrees: boolean | null
  /** The functions hit, looked at again afterwards; null: they were not. */
  readonly after: readonly AfterReport[] | null
}

export interface ResetAnswerReport {
  readonly errno: string | null
  /** Of the reset; 0: it was never asked for. */
  readonly durationMs: number
  /** The step that gave the answer. */
  readonly at: Verb
}

/** A function after the reset. */
export interface AfterReport {
  readonly address: PciAddress
  /** Its configuration space answers. */
  readonly alive: boolean
  /** The link of the port above is active; null: there is none, or it does not say. */
  readonly link: Stated<boolean | null>
}
