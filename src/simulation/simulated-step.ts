import type { Stated } from '../document/values.js'
import type { Gap } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { Count, ErrnoName } from '../host/scalars.js'
import { unread } from '../policy/reason.js'
import { distinct, inAll, isSame } from '../text/lists.js'
import { decidingGaps, type Possibility } from './facts.js'
import type { StepReason } from './reason.js'
import type { ActorName, Step, Verb } from './scenario/scenario.js'
import type { Effect, ResetInfo, StepAnswer } from './step-result.js'

/** The answer to one step, over all ways in which the unread facts could be. */
export interface SimulatedStep {
  /** Its place in `steps`, from 0. */
  readonly index: Count
  readonly do: Verb
  readonly actor: ActorName
  /** The function that the step names; null: it names none. */
  readonly device: PciAddress | null
  readonly outcome: StepOutcome
  /** Errno of the first call of the step that fails; null: none does, undetermined, or nothing was called. */
  readonly errno: ErrnoName | null
  /** Why it does not succeed; empty: it does. */
  readonly reasons: readonly StepReason[]
  /** What `reset-info` wrote; left out: nothing. */
  readonly info?: Stated<ResetInfo>
  /** Errnos that the call can also end with, by what happens at the moment: locks, a link that does not come back. */
  readonly possible?: readonly ErrnoName[]
  /** Resets that the call brings with it though nobody asked for them; left out: none. */
  readonly effects?: readonly Effect[]
  /** Why there was no file to call; left out: something was called. */
  readonly skipped?: 'not-open'
}

/** How a step ends. */
export type StepOutcome =
  /** The call succeeds. */
  | 'ok'
  /** It fails, or nothing can be called: see `errno`, `reasons` and `skipped`. */
  | 'refused'
  /** It hangs on facts that were not read: those among `reasons` of kind `unread`. */
  | 'undetermined'

export interface StepQuestion {
  readonly step: Step
  readonly index: Count
  /** Never empty. */
  readonly answers: readonly Possibility<StepAnswer>[]
  /** Why nothing can be told at all; null: it can. */
  readonly untold: Gap | null
}

/** Firm when every possibility gives the same outcome and errno; else undetermined, with what would settle it. */
export function settleStep({ step, index, answers, untold }: StepQuestion): SimulatedStep {
  const all = answers.map(({ result }) => result)
  const [first] = all
  const named = {
    index,
    do: step.do,
    actor: step.actor,
    device: 'device' in step ? step.device : null,
  }
  const unsure = all.flatMap((each) => each.unsure ?? [])
  const differing = decidingGaps(answers, hasSameOutcome)
  const gaps = [...new Set([...(untold === null ? [] : [untold]), ...differing, ...unsure])]
  const extras = extrasOf(all, answers)
  if (gaps.length > 0 || first === undefined) {
    const reasons = all.flatMap((each) => each.reasons)
    return {
      ...named,
      outcome: 'undetermined',
      errno: null,
      reasons: distinct([...gaps.map((gap) => unread(null, gap)), ...reasons]),
      ...extras,
    }
  }
  return {
    ...named,
    outcome: first.outcome,
    errno: first.errno,
    reasons: sharedReasons(all),
    ...extras,
    ...(first.skipped === null ? {} : { skipped: first.skipped }),
  }
}

function hasSameOutcome(a: StepAnswer, b: StepAnswer): boolean {
  return a.outcome === b.outcome && a.errno === b.errno && a.skipped === b.skipped
}

/** Reasons that hold however the unread facts are; where no reason is common to all, those of the first possibility. */
function sharedReasons(all: readonly StepAnswer[]): readonly StepReason[] {
  const shared = inAll(all.map(({ reasons }) => reasons))
  return distinct(shared.length > 0 ? shared : (all[0]?.reasons ?? []))
}

type Extras = Pick<SimulatedStep, 'info' | 'possible' | 'effects'>

function extrasOf(all: readonly StepAnswer[], answers: readonly Possibility<StepAnswer>[]): Extras {
  const possible = [...new Set(all.flatMap((each) => each.possible))]
  const effects = commonEffects(all)
  const info = commonInfo(all, answers)
  return {
    ...(info === null ? {} : { info }),
    ...(possible.length === 0 ? {} : { possible }),
    ...(effects.length === 0 ? {} : { effects }),
  }
}

function commonInfo(
  all: readonly StepAnswer[],
  answers: readonly Possibility<StepAnswer>[],
): NonNullable<SimulatedStep['info']> | null {
  const [first] = all
  if (first === undefined || all.every(({ info }) => info === null)) return null
  const [gap] = decidingGaps(answers, (a, b) => isSame(a.info, b.info))
  return gap === undefined ? first.info : { unknown: gap.why }
}

/** What happens in every possibility, and with `certain: false` what happens in some. */
function commonEffects(all: readonly StepAnswer[]): readonly Effect[] {
  const every = distinct(all.flatMap(({ effects }) => effects))
  return every.map((effect) => {
    const always = all.every(({ effects }) => effects.some((each) => isSame(each, effect)))
    return always ? effect : { ...effect, certain: false as const }
  })
}
