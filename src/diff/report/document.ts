import { SCHEMA_VERSION, type Tool } from '../../document/envelope.js'
import { type DeviceName, type Source, sourceReport } from '../../document/values.js'
import { collectGaps } from '../../host/collect-gaps.js'
import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { Change, Incomparable } from '../change.js'
import type { HostDifference } from '../compare-hosts.js'

/** `diff --json` (`docs/reference/documents.md#diff`). */
export interface DiffReport {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly kind: 'diff'
  readonly tool: Tool
  /** The second host; both stand in `sources`. */
  readonly source: Source
  readonly sources: { readonly before: Source; readonly after: Source }
  /** Of both hosts. */
  readonly gaps: readonly SidedGap[]
  readonly same: boolean
  /** Verdict flips first. */
  readonly changes: readonly Change[]
  /** What one side did not tell. */
  readonly incomparable: readonly Incomparable[]
}

export interface SidedGap extends Gap {
  readonly side: 'before' | 'after'
}

export interface DiffQuestion {
  readonly before: AnalysedHost
  readonly after: AnalysedHost
  readonly difference: HostDifference
  readonly tool: Tool
}

export function diffReport({ before, after, difference, tool }: DiffQuestion): DiffReport {
  const sources = { before: sourceReport(before), after: sourceReport(after) }
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'diff',
    tool,
    source: sources.after,
    sources,
    gaps: [...sidedGaps(before, 'before'), ...sidedGaps(after, 'after')],
    same: difference.changes.length === 0,
    changes: difference.changes,
    incomparable: difference.incomparable,
  }
}

/** Names of the functions of both hosts; those after count where an address stands for another function now. */
export type DiffNames = ReadonlyMap<PciAddress, DeviceName>

function sidedGaps({ raw }: AnalysedHost, side: SidedGap['side']): readonly SidedGap[] {
  return collectGaps(raw).map((gap) => ({ ...gap, side }))
}
