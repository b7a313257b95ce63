import { SCHEMA_VERSION, type Tool } from '../../document/envelope.js'
import { type Source, sourceReport } from '../../document/values.js'
import type { Gap } from '../../host/gap.js'
import type { Count } from '../../host/scalars.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { VerifiedStep } from '../verify-scenario.js'

/**
 * `verify --json` (`docs/reference/documents.md#verify`): what `simulate` says of each step, and beside it what the
 * kernel answered.
 */
export interface VerifyReport {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly kind: 'verify'
  readonly tool: Tool
  readonly source: Source
  readonly gaps: readonly Gap[]
  /** The running kernel was asked, so its own policy predicts. */
  readonly policy: 'kernel'
  readonly kernelRelease: string
  readonly steps: readonly VerifiedStep[]
  readonly agreement: { readonly agreed: Count; readonly total: Count }
}

export interface VerifyFacts {
  readonly host: AnalysedHost
  readonly steps: readonly VerifiedStep[]
  readonly gaps: readonly Gap[]
  readonly tool: Tool
}

export function verifyReport({ host, steps, gaps, tool }: VerifyFacts): VerifyReport {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'verify',
    tool,
    source: sourceReport(host),
    gaps,
    policy: 'kernel',
    kernelRelease: host.kernel.release.text,
    steps,
    agreement: { agreed: steps.filter(({ agrees }) => agrees).length, total: steps.length },
  }
}
