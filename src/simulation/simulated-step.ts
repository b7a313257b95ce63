import type { Stated } from '../document/values.js'
import type { Gap } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { Count, ErrnoName } from '../host/scalars.js'
import { unread } from '../policy/reason.js'
import { distinct, inAll, isSame } from '../text/lists.js'
import { decidingGaps, type Possibility } from './facts.js'
import type { StepReason } from './reason.js'
import type { ActorName, Expectation, Intent, StoryStep, Verb } from './scenario/scenario.js'
import type { Effect, MadeCall, ResetInfo, StepAnswer } from './step-result.js'

/** The answer to one step, over all ways in which the unread facts could be. */
export interface SimulatedStep {
  /** Its place in `steps`, from 0. */
  readonly index: Count
  /** Its verb or its intent, as the scenario writes it. */
  readonly do: Verb | Intent
  readonly actor: ActorName
  /** The function that the step names; null: it names none. */
  readonly device: PciAddress | null
  readonly outcome: StepOutcome
  /** Errno of the first call of the step that fails; null: none does, undetermined, nothing was called, or see `possible`. */
  readonly errno: ErrnoName | null
  /** Why it does not succeed; empty: it does. */
  readonly reasons: readonly StepReason[]
  /** What `reset-info` wrote; left out: nothing. */
  readonly info?: Stated<ResetInfo>
  /**
   * Errnos that the call can also end with, by what happens at the moment: locks, a link that does not come back. Of a refusal
   * without `errno`: those with which it can be refused, by what was not read. Sorted.
   */
  readonly possible?: readonly ErrnoName[]
  /** Resets that the call brings with it though nobody asked for them; left out: none. */
  readonly effects?: readonly Effect[]
  /** The calls of an intent under this policy, up to the first that is refused; left out: the step is a call itself. */
  readonly calls?: readonly MadeCall[]
  /** Why there was no file to call; left out: something was called. */
  readonly skipped?: 'not-open'
  /** What the scenario claims of the answer; left out: nothing. */
  readonly expect?: Expectation
  /** Whether the claim holds; null: what was not read decides. Left out: nothing is claimed. */
  readonly holds?: boolean | null
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
  readonly step: StoryStep
  readonly index: Count
  /** Never empty. */
  readonly answers: readonly Possibility<StepAnswer>[]
  /** Why nothing can be told at all; null: it can. */
  readonly untold: Gap | null
}

/**
 * Firm when every possibility gives the same outcome and errno. Refused without errno when all refuse and the errnos differ;
 * else undetermined. Both name what would settle it.
 */
export function settleStep(question: StepQuestion): SimulatedStep {
  const answer = answerOf(question)
  const { expect } = question.step
  if (expect === undefined) return answer
  return { ...answer, expect, holds: holdsFor(answer, expect) }
}

/** Whether an answer is as it was expected; null: it could be. */
function holdsFor(answer: SimulatedStep, { outcome, errno }: Expectation): boolean | null {
  if (answer.outcome !== outcome) return answer.outcome === 'undetermined' ? null : false
  if (errno === undefined || answer.errno === errno) return true
  const isOpen = answer.errno === null && answer.possible !== undefined && errno !== null
  return isOpen && answer.possible?.includes(errno) ? null : false
}

function answerOf({ step, index, answers, untold }: StepQuestion): SimulatedStep {
  const all = answers.map(({ result }) => result)
  const [first] = all
  const named = {
    index,
    do: step.do,
    actor: step.actor,
    device: 'device' in step ? step.device : null,
  }
  const unsure = all.flatMap((each) => each.unsure ?? [])
  const differing = decidingGaps(answers, hasSameEnding)
  const gaps = [...new Set([...(untold === null ? [] : [untold]), ...differing, ...unsure])]
  const extras = extrasOf(all, answers)
  if (first !== undefined && gaps.length === 0) {
    return {
      ...named,
      outcome: first.outcome,
      errno: first.errno,
      reasons: sharedReasons(all),
      ...extras,
      ...(first.skipped === null ? {} : { skipped: first.skipped }),
    }
  }
  const settling = gaps.map((gap) => unread(null, gap))
  if (first === undefined || untold !== null || !all.every(isRefusal)) {
    const reasons = distinct([...settling, ...all.flatMap((each) => each.reasons)])
    return { ...named, outcome: 'undetermined', errno: null, reasons, ...extras }
  }
  const reasons = distinct([...sharedReasons(all), ...settling])
  const possible = possibleErrnos(all)
  return { ...named, outcome: 'refused', errno: null, reasons, ...extras, possible }
}

function hasSameEnding(a: StepAnswer, b: StepAnswer): boolean {
  return a.outcome === b.outcome && a.errno === b.errno && a.skipped === b.skipped
}

function isRefusal({ outcome, unsure }: StepAnswer): boolean {
  return outcome === 'refused' && unsure === null
}

function possibleErrnos(all: readonly StepAnswer[]): readonly ErrnoName[] {
  return [...new Set(all.flatMap(({ errno, possible }) => [errno ?? [], possible].flat()))].sort()
}

/** Reasons that hold however the unread facts are; where no reason is common to all, those of the first possibility. */
function sharedReasons(all: readonly StepAnswer[]): readonly StepReason[] {
  const shared = inAll(all.map(({ reasons }) => reasons))
  return distinct(shared.length > 0 ? shared : (all[0]?.reasons ?? []))
}

type Extras = Pick<SimulatedStep, 'info' | 'possible' | 'effects' | 'calls'>

function extrasOf(all: readonly StepAnswer[], answers: readonly Possibility<StepAnswer>[]): Extras {
  const possible = [...new Set(all.flatMap((each) => each.possible))].sort()
  const effects = commonEffects(all)
  const info = commonInfo(all, answers)
  const calls = commonCalls(all)
  return {
    ...(info === null ? {} : { info }),
    ...(possible.length === 0 ? {} : { possible }),
    ...(effects.length === 0 ? {} : { effects }),
    ...(calls === null ? {} : { calls }),
  }
}

/** Those that are made however the unread facts are. */
function commonCalls([first, ...others]: readonly StepAnswer[]): readonly MadeCall[] | null {
  const made = first?.calls ?? null
  if (made === null) return null
  const end = made.findIndex((call, place) =>
    others.some(({ calls }) => !isSame(calls?.[place], call)),
  )
  return end === -1 ? made : made.slice(0, end)
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
