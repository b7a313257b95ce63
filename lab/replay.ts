import type { KeptBench } from './kept-answers.js'
import { type CaseOutcome, failedCase, judgeRecorded } from './outcome.js'
import { createPredictor } from './predictor.js'
import { isVacuous } from './scenario.js'

/** Compares the model with answers that a kernel gave earlier. */
export async function replay({
  kernel,
  topology,
  setup,
  tree,
  cases,
}: KeptBench): Promise<readonly CaseOutcome[]> {
  const place = { kernel: kernel.release, topology, setup }
  const predictor = createPredictor(tree)
  const outcomes: CaseOutcome[] = []
  for (const { name, scenario, answers, change } of cases) {
    if (isVacuous(scenario)) continue
    outcomes.push(
      await predictor.predict(scenario, change).then(
        (predicted) => judgeRecorded(place, { name }, predicted, answers),
        (error: Error) => failedCase(place, { name }, error.message),
      ),
    )
  }
  return outcomes
}
