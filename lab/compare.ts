import type { InfoAnswer, PredictedStep, StepAnswer } from './answers.js'

/** How one step of a prediction stands to what the kernel answered. */
export type StepComparison =
  | { readonly kind: 'agreed' }
  /** The kernel gave one of the errnos that depend on the moment. */
  | { readonly kind: 'unpredictable'; readonly errno: string }
  /** The model said that it cannot tell. */
  | { readonly kind: 'undetermined' }
  | { readonly kind: 'differs'; readonly predicted: string; readonly actual: string }

/** Compares step by step; a step that is missing on one side differs. */
export function compareSteps(
  predicted: readonly PredictedStep[],
  actual: readonly (StepAnswer | null)[],
): readonly StepComparison[] {
  return Array.from({ length: Math.max(predicted.length, actual.length) }, (_, index) =>
    compareStep(predicted[index], actual[index] ?? null),
  )
}

function compareStep(
  predicted: PredictedStep | undefined,
  actual: StepAnswer | null,
): StepComparison {
  if (predicted === undefined) return differs('nothing', describe(actual))
  if (predicted.skipped !== undefined && actual === null) return { kind: 'agreed' }
  if (actual === null && isErrnoOpen(predicted)) return { kind: 'agreed' }
  if (actual === null) return differs(describe(predicted), 'nothing')
  if (predicted.outcome === 'undetermined') return { kind: 'undetermined' }
  if (predicted.outcome !== actual.outcome || predicted.errno !== actual.errno) {
    const isPossible = actual.errno !== null && predicted.possible?.includes(actual.errno)
    return isPossible
      ? { kind: 'unpredictable', errno: actual.errno }
      : differs(describe(predicted), describe(actual))
  }
  return compareInfo(predicted.info, actual.info)
}

/** Refused for certain; what was not read decides how, or whether there is a file to call at all. */
function isErrnoOpen({ outcome, errno, possible }: PredictedStep): boolean {
  return outcome === 'refused' && errno === null && possible !== undefined
}

function compareInfo(
  predicted: PredictedStep['info'],
  actual: InfoAnswer | undefined,
): StepComparison {
  if (predicted !== undefined && 'unknown' in predicted) return { kind: 'undetermined' }
  const [said, found] = [describeInfo(predicted), describeInfo(actual)]
  return said === found ? { kind: 'agreed' } : differs(said, found)
}

function differs(predicted: string, actual: string): StepComparison {
  return { kind: 'differs', predicted, actual }
}

function describe(answer: Pick<StepAnswer, 'outcome' | 'errno'> | null): string {
  if (answer === null) return 'nothing'
  return answer.errno ?? answer.outcome
}

/** Positive devids are numbers of the moment: that they are positive is all that counts. */
function describeInfo(info: InfoAnswer | undefined): string {
  if (info === undefined) return 'no info'
  const devices = info.devices.map(({ address, group, devid }) => {
    const owner = devid === null ? `group ${group}` : `devid ${devid > 0 ? '+' : devid}`
    return `${address} ${owner}`
  })
  return `[${info.flags.toSorted().join(' ')}] ${devices.toSorted().join(', ')}`
}
