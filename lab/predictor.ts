import { readHost } from '../src/host/read/read-host.js'
import { openDirectoryTree } from '../src/host/tree/directory-tree.js'
import { isFailure } from '../src/host/tree/tree.js'
import { parseScenario } from '../src/simulation/scenario/parse-scenario.js'
import { isScenarioProblem } from '../src/simulation/scenario/scenario.js'
import { simulate } from '../src/simulation/simulate.js'
import { analyseHost } from '../src/vfio/analysed-host.js'
import { decodeSteps, type PredictedStep } from './answers.js'

/** What `simulate` predicts for a scenario, given as the text of its file. Throws when it is none. */
export type Predictor = (scenario: string) => readonly PredictedStep[]

/** Reads a recorded tree once, for thousands of predictions: what the command does, without its start. */
export async function openPredictor(folder: string): Promise<Predictor> {
  const tree = openDirectoryTree({ root: folder, live: false, thread: null })
  if (isFailure(tree)) throw new Error(tree.detail)
  const raw = await readHost(tree, { wake: false, holders: false })
  tree.close()
  const host = analyseHost(raw)
  return (text) => {
    const scenario = parseScenario(text)
    if (isScenarioProblem(scenario)) throw new Error(scenario.problem)
    const played = simulate({ host, scenario, policies: ['kernel'], infoForm: 'kernel' })
    if (isScenarioProblem(played)) throw new Error(played.problem)
    return decodeSteps(JSON.stringify({ steps: played.runs.flatMap(({ steps }) => steps) }))
  }
}
