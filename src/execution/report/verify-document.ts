import { SCHEMA_VERSION, type Tool } from '../../document/envelope.js'
import type { Source } from '../../document/values.js'
import type { Gap } from '../../host/gap.js'
import type { RawHost } from '../../host/raw-host.js'
import type { Count } from '../../host/scalars.js'
import type { KernelProfile } from '../../vfio/kernel-profile.js'
import type { VerifiedStep } from '../verify-scenario.js'

/** `verify --json` (`contract.md` 5): what `simulate` says of each step, and beside it what the kernel answered. */
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
  readonly raw: RawHost
  readonly kernel: KernelProfile
  readonly steps: readonly VerifiedStep[]
  readonly gaps: readonly Gap[]
  readonly tool: Tool
}

export function verifyReport({ raw, kernel, steps, gaps, tool }: VerifyFacts): VerifyReport {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'verify',
    tool,
    source: {
      ...raw.source,
      kernelRelease: kernel.release.text,
      kernelReleaseFrom: kernel.from,
    },
    gaps,
    policy: 'kernel',
    kernelRelease: kernel.release.text,
    steps,
    agreement: { agreed: steps.filter(({ agrees }) => agrees).length, total: steps.length },
  }
}
