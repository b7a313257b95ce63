import type { Gap } from '../host/gap.js'
import type { RawHost } from '../host/raw-host.js'
import type { Scenario, ScenarioProblem, Step } from '../simulation/scenario/scenario.js'
import { simulate } from '../simulation/simulate.js'
import type { SimulatedStep } from '../simulation/simulated-step.js'
import type { KernelCalls } from '../uapi/kernel-calls.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { agrees } from './agreement.js'
import { vfioNodes } from './nodes.js'
import { performScenario } from './perform-scenario.js'
import type { PerformedStep } from './performed-step.js'

/** What the simulator says of a scenario on the running host, before anything is touched. */
export interface Forecast {
  readonly steps: readonly SimulatedStep[]
  /** Facts that were wanted and not had. */
  readonly gaps: readonly Gap[]
}

/** A step with both answers: what was predicted, and what the running kernel gave. */
export interface VerifiedStep extends SimulatedStep {
  readonly actual: PerformedStep
  /** Whether the two agree. An errno that was announced in `possible` does; an undetermined prediction never does. */
  readonly agrees: boolean
}

/** Plays the scenario as the running kernel would; the file's own release and policy are not asked. */
export function forecast(scenario: Scenario<Step>, host: AnalysedHost): Forecast | ScenarioProblem {
  const played = simulate({ host, scenario, policies: ['kernel'], infoForm: 'kernel' })
  if ('problem' in played) return played
  return { steps: played.runs.flatMap(({ steps }) => steps), gaps: played.gaps }
}

/** Performs the scenario and puts the kernel's answers beside the forecast's; fewer than there are after an interruption. */
export async function verifyScenario(
  scenario: Scenario<Step>,
  steps: Forecast['steps'],
  host: {
    readonly raw: RawHost
    readonly kernel: KernelCalls
    readonly isInterrupted: () => boolean
  },
): Promise<readonly VerifiedStep[]> {
  const performed = await performScenario(scenario, {
    kernel: host.kernel,
    nodesOf: vfioNodes(host.raw),
    goesOn: () => !host.isInterrupted(),
  })
  return steps.flatMap((step, index) => {
    const actual = performed[index]
    return actual === undefined ? [] : [{ ...step, actual, agrees: agrees(step, actual) }]
  })
}
