import { type Envelope, envelope, type Tool } from '../../document/envelope.js'
import type { Gap } from '../../host/gap.js'
import type { Count } from '../../host/scalars.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { VerifiedStep } from '../verify-scenario.js'
import { verifySummary } from './verify-summary.js'

/** What is predicted of each step of a scenario, as by `simulate`, and beside it what the running kernel answered. */
export interface VerifyReport extends Envelope<'verify'> {
  /** That the rule of the running kernel predicts. */
  readonly policy: 'kernel'
  /** Release whose rules predict, as in `source`. */
  readonly kernelRelease: string
  /** One for each step of the scenario, in its order; fewer after an interruption. */
  readonly steps: readonly VerifiedStep[]
  /** How often the kernel answered as predicted. */
  readonly agreement: Agreement
}

/** How often the kernel answered as predicted. */
export interface Agreement {
  /** Steps that were answered as predicted. */
  readonly agreed: Count
  /** Steps that were performed. */
  readonly total: Count
}

export interface VerifyFacts {
  readonly host: AnalysedHost
  readonly steps: readonly VerifiedStep[]
  readonly gaps: readonly Gap[]
  readonly tool: Tool
}

export function verifyReport({ host, steps, gaps, tool }: VerifyFacts): VerifyReport {
  return {
    ...envelope('verify', host, { gaps, tool }),
    summary: verifySummary(steps),
    policy: 'kernel',
    kernelRelease: host.kernel.release.text,
    steps,
    agreement: { agreed: steps.filter(({ agrees }) => agrees).length, total: steps.length },
  }
}
