import { type Envelope, envelope, sourceReport, type Tool } from '../../document/envelope.js'
import type { Source } from '../../document/values.js'
import { collectGaps } from '../../host/collect-gaps.js'
import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { Change, Incomparable, Side } from '../change.js'
import type { HostDifference } from '../compare-hosts.js'
import type { MachineReport } from '../machines.js'
import { diffSummary } from './summary-text.js'

/** What is different between two hosts, or one host at two times, and why as far as that is known. */
export interface DiffReport extends Envelope<'diff'> {
  /** The second host; both stand in `sources`. */
  readonly source: Source
  /** Where the facts about each of the two hosts come from. */
  readonly sources: Readonly<Record<Side, Source>>
  /** Every fact that was wanted of either host and not had. */
  readonly gaps: readonly SidedGap[]
  /** Whether `changes` is empty. */
  readonly same: boolean
  /** Whether both are one machine, by its functions. */
  readonly machine: MachineReport
  /** Verdicts first, then groups, then the rest; equal changes of several functions are one. */
  readonly changes: readonly Change[]
  /** What one side did not tell, so that it was not compared. */
  readonly incomparable: readonly Incomparable[]
}

/** A fact that was wanted of one of the hosts and not had. */
export interface SidedGap extends Gap {
  readonly side: Side
}

export interface DiffQuestion {
  readonly before: AnalysedHost
  readonly after: AnalysedHost
  readonly difference: HostDifference
  readonly tool: Tool
}

export function diffReport({ before, after, difference, tool }: DiffQuestion): DiffReport {
  const gaps = [...sidedGaps(before, 'before'), ...sidedGaps(after, 'after')]
  return {
    ...envelope('diff', after, { gaps, tool }),
    summary: diffSummary(difference),
    sources: { before: sourceReport(before), after: sourceReport(after) },
    gaps,
    same: difference.changes.length === 0,
    machine: difference.machine,
    changes: difference.changes,
    incomparable: difference.incomparable,
  }
}

/** What the functions of each host are, in the words of `inspect`. */
export type DiffNames = Readonly<Record<Side, ReadonlyMap<PciAddress, string>>>

function sidedGaps({ raw }: AnalysedHost, side: SidedGap['side']): readonly SidedGap[] {
  return collectGaps(raw).map((gap) => ({ ...gap, side }))
}
