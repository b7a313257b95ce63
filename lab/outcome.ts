import type { PredictedStep, StepAnswer, VerifiedStep } from './answers.js'
import { compareSteps } from './compare.js'

/** A case, asked. */
export interface CaseOutcome {
  /** `uname -r`. */
  readonly kernel: string
  readonly topology: string
  readonly setup: string
  readonly name: string
  readonly verdict: 'agreed' | 'differs' | 'undetermined' | 'failed'
  /** What a person should know about it, one line a step; empty for a plain agreement. */
  readonly remarks: readonly string[]
}

interface Named {
  readonly name: string
}

/** Where a case was asked. */
export interface Place {
  /** `uname -r`. */
  readonly kernel: string
  readonly topology: string
  readonly setup: string
}

/**
 * Judges a case by the prediction made outside. What `verify` itself predicted inside the guest, from the live tree, has
 * to agree as well.
 */
export function judgeCase(
  place: Place,
  { name }: Named,
  predicted: readonly PredictedStep[],
  verified: readonly VerifiedStep[],
): CaseOutcome {
  const actual = verified.map((step) => step.actual)
  const outside = remarksOf(predicted, actual, 'outside')
  const inside = remarksOf(verified, actual, 'inside')
  const verdicts = [outside.verdict, inside.verdict]
  const verdict = (['differs', 'undetermined'] as const).find((one) => verdicts.includes(one))
  const remarks = verdict === 'differs' ? [...outside.remarks, ...inside.remarks] : outside.remarks
  return { ...place, name, verdict: verdict ?? 'agreed', remarks }
}

/** A case that never got an answer: a binding that failed, or a tool that broke. */
export function failedCase(place: Place, { name }: Named, reason: string): CaseOutcome {
  return { ...place, name, verdict: 'failed', remarks: [reason] }
}

/** Judges recorded answers, where there is only the prediction outside. */
export function judgeRecorded(
  place: Place,
  { name }: Named,
  predicted: readonly PredictedStep[],
  actual: readonly (StepAnswer | null)[],
): CaseOutcome {
  const { verdict, remarks } = remarksOf(predicted, actual, 'recorded')
  return { ...place, name, verdict, remarks }
}

function remarksOf(
  predicted: readonly PredictedStep[],
  actual: readonly (StepAnswer | null)[],
  where: string,
): { verdict: 'agreed' | 'differs' | 'undetermined'; remarks: string[] } {
  let verdict: 'agreed' | 'differs' | 'undetermined' = 'agreed'
  const remarks: string[] = []
  for (const [index, step] of compareSteps(predicted, actual).entries()) {
    if (step.kind === 'differs') {
      verdict = 'differs'
      remarks.push(`step ${index} (${where}): predicted ${step.predicted}, kernel ${step.actual}`)
    }
    if (step.kind === 'undetermined') {
      if (verdict === 'agreed') verdict = 'undetermined'
      remarks.push(`step ${index} (${where}): undetermined, kernel ${actual[index]?.errno ?? 'ok'}`)
    }
    if (step.kind === 'unpredictable') remarks.push(`step ${index}: ${step.errno}`)
  }
  return { verdict, remarks }
}
