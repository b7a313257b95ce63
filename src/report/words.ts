import type { Gap } from '../host/gap.js'
import type { IsolationFinding } from '../iommu/findings.js'
import type { Reason } from '../policy/reason.js'
import type { Warning } from './model.js'
import { type ByKind, type Told, tell } from './word-table.js'
import { GAP_WORDS, type GapWords } from './words-gaps.js'
import { ISOLATION_WORDS, type IsolationWords } from './words-isolation.js'
import { REASON_WORDS, type ReasonWords } from './words-reasons.js'
import { WARNING_WORDS, type WarningWords } from './words-warnings.js'

/*
 * The only prose about facts: one total table for each union that the layers below speak in. No sentence is made
 * anywhere else from a kind.
 */

export function tellReason(reason: Reason): Told<ReasonWords> {
  return tell<ByKind<Reason>, ReasonWords, Reason['kind']>(REASON_WORDS, reason.kind, reason)
}

export function tellIsolation(finding: IsolationFinding): Told<IsolationWords> {
  return tell<ByKind<IsolationFinding>, IsolationWords, IsolationFinding['kind']>(
    ISOLATION_WORDS,
    finding.kind,
    finding,
  )
}

export function tellWarning(warning: Warning): Told<WarningWords> {
  const words = WARNING_WORDS[warning.kind]
  return { words, sentence: words.sentence(warning) }
}

export function tellGap(gap: Gap): Told<GapWords> {
  const words = GAP_WORDS[gap.why]
  return { words, sentence: words.sentence(gap) }
}
