import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Recording } from './bench.js'
import { type CaseOutcome, failedCase, judgeRecorded } from './outcome.js'
import { writeScenario } from './scenario.js'
import type { Tool } from './tool.js'
import { writeTree } from './tree-folder.js'

/** Compares the model with answers that a kernel gave earlier. */
export async function replay(
  recording: Recording,
  { tool, folder }: { readonly tool: Tool; readonly folder: string },
): Promise<readonly CaseOutcome[]> {
  const { kernel, topology, setup } = recording
  const place = { kernel, topology, setup }
  const tree = join(folder, kernel, `${topology}-${setup}`, 'tree')
  const file = join(folder, kernel, `${topology}-${setup}`, 'scenario.yaml')
  await writeTree(recording.tree, tree)
  await mkdir(join(folder, kernel), { recursive: true })
  const outcomes: CaseOutcome[] = []
  for (const { name, scenario, answers } of recording.cases) {
    await writeFile(file, writeScenario(scenario, name))
    const outcome = await tool.simulate(file, tree).then(
      (predicted) => judgeRecorded(place, { name, scenario }, predicted, answers),
      (error: Error) => failedCase(place, { name, scenario }, error.message),
    )
    outcomes.push(outcome)
  }
  return outcomes
}
