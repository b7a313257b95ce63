import type { Gap, Observed } from '../host/gap.js'

/**
 * How a run asks for what was not read. The kernel's answers follow from facts; where one is missing,
 * the run is repeated with each value that it could have, and an answer is firm when all runs give the same.
 */
export interface Facts {
  /** Value of an unread fact in the run at hand. The same key gives the same value in all of its steps. */
  readonly choose: <T extends string>(key: string, values: readonly [T, ...T[]], gap: Gap) => T
}

/** A fact as the run at hand takes it. `question` names it, if it was not read. */
export function holds({ choose }: Facts, fact: Observed<boolean>, question: string): boolean {
  return fact.known ? fact.value : choose(question, ['no', 'yes'], fact.gap) === 'yes'
}

/** What a run has taken unread facts to be. */
export type Assumptions = ReadonlyMap<string, Assumption>

export interface Assumption {
  readonly value: string
  /** What would settle it. */
  readonly gap: Gap
}

/** One way in which the unread facts could be, and what came out. */
export interface Possibility<R> {
  readonly assumptions: Assumptions
  readonly result: R
}

/** How many more runs may be started; shared by all steps of a simulation. */
export interface Budget {
  left: number
  /** The first fact that was not tried out for want of runs. */
  denied: Gap | null
}

/** Runs that are followed side by side: more unread facts than six or so leave nothing that could be told. */
export const MOST_RUNS = 64

/** Runs `run` once for each combination of values that it asks for, given what is already assumed. */
export function explore<R>(
  assumed: Assumptions,
  run: (facts: Facts) => R,
  budget: Budget,
): readonly Possibility<R>[] {
  const found: Possibility<R>[] = []
  const open: Assumptions[] = [assumed]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const assumptions = new Map(next)
    const others: Assumptions[] = []
    const choose: Facts['choose'] = (key, values, gap) => {
      const settled = values.find((each) => each === assumptions.get(key)?.value)
      if (settled !== undefined) return settled
      const [first, ...rest] = values
      for (const value of rest) {
        if (budget.left > 0) {
          budget.left -= 1
          others.push(new Map(assumptions).set(key, { value, gap }))
        } else {
          budget.denied ??= gap
        }
      }
      assumptions.set(key, { value: first, gap })
      return first
    }
    const result = run({ choose })
    found.push({ assumptions, result })
    open.push(...others.reverse())
  }
  return found
}

/**
 * What two possibilities differ in that can make their results differ: the facts of the pairs of differing results that
 * have the fewest differing facts. Empty when all results are the same.
 */
export function decidingGaps<R>(
  possibilities: readonly Possibility<R>[],
  isSame: (a: R, b: R) => boolean,
): readonly Gap[] {
  let found: readonly (readonly Gap[])[] = []
  let least = Number.POSITIVE_INFINITY
  for (const [one, other] of pairs(possibilities)) {
    if (isSame(one.result, other.result)) continue
    const gaps = differing(one.assumptions, other.assumptions)
    if (gaps.length < least) found = []
    if (gaps.length <= least) found = [...found, gaps]
    least = Math.min(least, gaps.length)
  }
  return [...new Set(found.flat())]
}

function* pairs<T>(values: readonly T[]): Generator<readonly [T, T]> {
  for (const [index, one] of values.entries()) {
    for (const other of values.slice(index + 1)) yield [one, other]
  }
}

function differing(one: Assumptions, other: Assumptions): readonly Gap[] {
  return [...one].flatMap(([key, { value, gap }]) => {
    const found = other.get(key)
    return found === undefined || found.value === value ? [] : [gap]
  })
}
