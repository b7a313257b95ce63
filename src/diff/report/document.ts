import { SCHEMA_VERSION, type Tool } from '../../document/envelope.js'
import type { DeviceName, Source } from '../../document/values.js'
import { collectGaps } from '../../host/collect-gaps.js'
import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { RawHost } from '../../host/raw-host.js'
import type { KernelProfile } from '../../vfio/kernel-profile.js'
import type { Change, Incomparable } from '../change.js'
import type { HostDifference } from '../compare-hosts.js'

/** `diff --json` (`contract.md` 6). */
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

/** One of the two hosts as the report names it. */
export interface ReportedSide {
  readonly raw: RawHost
  readonly kernel: KernelProfile
}

export interface DiffQuestion {
  readonly before: ReportedSide
  readonly after: ReportedSide
  readonly difference: HostDifference
  readonly tool: Tool
}

export function diffReport({ before, after, difference, tool }: DiffQuestion): DiffReport {
  const sources = { before: sourceOf(before), after: sourceOf(after) }
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

function sourceOf({ raw, kernel }: ReportedSide): Source {
  return { ...raw.source, kernelRelease: kernel.release.text, kernelReleaseFrom: kernel.from }
}

function sidedGaps({ raw }: ReportedSide, side: SidedGap['side']): readonly SidedGap[] {
  return collectGaps(raw).map((gap) => ({ ...gap, side }))
}
