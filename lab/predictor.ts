import { readHost } from '../src/host/read/read-host.js'
import { createMemoryTree, type MemoryEntry } from '../src/host/tree/memory-tree.js'
import { parseScenario } from '../src/simulation/scenario/parse-scenario.js'
import { isScenarioProblem } from '../src/simulation/scenario/scenario.js'
import { simulate } from '../src/simulation/simulate.js'
import { analyseHost } from '../src/vfio/analysed-host.js'
import type { RecordedEntry, RecordedTree } from './agent/protocol.js'
import { decodeSteps, type PredictedStep } from './answers.js'
import { type LabScenario, writeScenario } from './scenario.js'
import { applyChange, type TreeChange } from './tree-change.js'

/** What `simulate` predicts for scenarios on a recorded machine. */
export interface Predictor {
  /** `change`: what had happened to the machine when the scenario began. Throws when it is no scenario for this machine. */
  predict(scenario: LabScenario, change?: TreeChange): Promise<readonly PredictedStep[]>
}

/** Predicts for a scenario in one state of the machine. */
type Play = (scenario: LabScenario) => readonly PredictedStep[]

/** Reads each state of a machine once, for thousands of predictions: what the command does, without its start. */
export function createPredictor(tree: RecordedTree): Predictor {
  const plays = new Map<string, Promise<Play>>()
  return {
    async predict(scenario, change) {
      const key = change === undefined ? '' : JSON.stringify(change)
      const play =
        plays.get(key) ?? openPlay(change === undefined ? tree : applyChange(tree, change))
      plays.set(key, play)
      return (await play)(scenario)
    },
  }
}

async function openPlay({ entries, made }: RecordedTree): Promise<Play> {
  const origin = { kind: 'directory', path: 'guest' } as const
  const tree = createMemoryTree(entries.map(memoryEntry), origin, origin, made)
  const raw = readHost(tree, { wake: false, holders: false })
  const host = analyseHost(raw)
  return (asked) => {
    const scenario = parseScenario(writeScenario(asked, 'lab'))
    if (isScenarioProblem(scenario)) throw new Error(scenario.problem)
    // A guest binds its functions anew for each scenario, so only what is said to come before can have set a token.
    const wasSet = asked.before?.some((change) => change.do === 'token') === true
    const question = { host, scenario, policies: ['kernel'], infoForm: 'kernel' } as const
    const played = simulate(wasSet ? question : { ...question, tokens: 'random' })
    if (isScenarioProblem(played)) throw new Error(played.problem)
    return decodeSteps(JSON.stringify({ steps: played.runs.flatMap(({ steps }) => steps) }))
  }
}

function memoryEntry(entry: RecordedEntry): readonly [string, MemoryEntry] {
  const [path, kind, content] = entry
  if (kind === 'folder') return [path, null]
  return [path, kind === 'link' ? { link: content } : Buffer.from(content, 'base64')]
}
