import { join } from 'node:path'
import type { KeptBench } from './kept-answers.js'
import { type CaseOutcome, failedCase, judgeRecorded } from './outcome.js'
import { openPredictor } from './predictor.js'
import { writeScenario } from './scenario.js'
import { writeTree } from './tree-folder.js'

/** Compares the model with answers that a kernel gave earlier. `folder`: for the tree. */
export async function replay(
  { kernel, topology, setup, tree, cases }: KeptBench,
  folder: string,
): Promise<readonly CaseOutcome[]> {
  const place = { kernel: kernel.id, topology, setup }
  const treeFolder = join(folder, kernel.id, `${topology}-${setup}`)
  await writeTree(tree, treeFolder)
  const predict = await openPredictor(treeFolder)
  return cases.map(({ name, scenario, answers }) => {
    try {
      return judgeRecorded(place, { name }, predict(writeScenario(scenario, name)), answers)
    } catch (error) {
      return failedCase(place, { name }, error instanceof Error ? error.message : String(error))
    }
  })
}
