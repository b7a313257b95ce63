import { type Gap, valueOrNull } from '../host/gap.js'
import { policyOf } from '../policy/find-policy.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { vfioInterfaces } from '../vfio/interfaces.js'
import { bindState, needsNoiommu } from './bind-state.js'
import { takeStep } from './calls/take-step.js'
import { type CastMember, castOf } from './cast.js'
import { type Budget, explore, type Facts, MOST_RUNS, type Possibility } from './facts.js'
import { fulfil } from './intents/fulfil.js'
import type { InfoForm, Machine } from './machine.js'
import { releaseRules } from './release-rules.js'
import { checkScenario } from './scenario/check-scenario.js'
import {
  isIntent,
  type PolicyChoice,
  type Scenario,
  type ScenarioProblem,
  type StoryStep,
} from './scenario/scenario.js'
import { type SimulatedStep, settleStep } from './simulated-step.js'
import { EMPTY_STATE, type MachineState } from './state.js'
import type { StepResult } from './step-result.js'

export interface SimulationQuestion {
  /** The host as it was read. */
  readonly host: AnalysedHost
  readonly scenario: Scenario
  readonly policies: readonly PolicyChoice[]
  readonly infoForm: InfoForm
  /** `random`: nobody had a PF open since it was bound. Left out: nobody knows, and no file shows it. */
  readonly tokens?: 'random'
}

export interface Simulation {
  /** The functions that the scenario names. */
  readonly cast: readonly CastMember[]
  readonly runs: readonly SimulatedRun[]
  /** Facts that were wanted and not had. */
  readonly gaps: readonly Gap[]
}

/** The scenario under one policy. */
export interface SimulatedRun {
  readonly policy: PolicyChoice
  /** One for each step of the scenario, in its order. */
  readonly steps: readonly SimulatedStep[]
}

/** Plays a scenario on a host that only exists in memory, under each of the policies (`docs/simulate.md`). */
export function simulate(question: SimulationQuestion): Simulation | ScenarioProblem {
  const budget = newBudget()
  const hosts = boundHosts(question, budget)
  for (const { result } of hosts) {
    const problem = checkScenario(question.scenario, result.host.topology)
    if (problem !== null) return problem
  }
  const wanted = new Set<Gap>()
  const runs = question.policies.map((id) => {
    const policy = id === 'kernel' ? null : policyOf(id)
    const branches = hosts.map(({ assumptions, result }) => ({
      assumptions,
      result: { machine: { ...result, policy }, state: EMPTY_STATE, lost: null },
    }))
    return { policy: id, steps: play(question, branches, { ...budget }, wanted) }
  })
  return { cast: castOf(question.scenario, hosts), runs, gaps: [...wanted] }
}

type BoundHost = Omit<Machine, 'policy'>

/** The host with the scenario's bind state; two of them when nobody knows whether no-IOMMU mode was on. */
function boundHosts(
  { host: read, scenario: { drivers, noiommu }, infoForm, tokens }: SimulationQuestion,
  budget: Budget,
): readonly Possibility<BoundHost>[] {
  const { raw, kernel } = read
  const interfaces = vfioInterfaces(raw, kernel)
  const { unsafeNoiommu } = raw.system
  return explore<BoundHost>(
    new Map(),
    (facts) => {
      const stated = noiommu ?? valueOrNull(unsafeNoiommu)
      const isNoiommu =
        stated ??
        (!unsafeNoiommu.known &&
          needsNoiommu(raw, drivers) &&
          facts.choose('no-IOMMU mode is on', ['no', 'yes'], unsafeNoiommu.gap) === 'yes')
      const { vfio: host } = read.whatIf(bindState(read, drivers, isNoiommu))
      return {
        host,
        interfaces,
        rules: releaseRules(kernel),
        infoForm,
        tokensAreRandom: tokens === 'random',
      }
    },
    budget,
  )
}

interface Branch {
  readonly machine: Machine
  readonly state: MachineState
  /** Set once a fact was needed that cannot be tried out. */
  readonly lost: Gap | null
}

function play(
  { scenario, host: { kernel } }: SimulationQuestion,
  start: readonly Possibility<Branch>[],
  budget: Budget,
  wanted: Set<Gap>,
): readonly SimulatedStep[] {
  let branches = start
  return scenario.steps.map((step, index) => {
    const later = isIntent(step) ? scenario.steps.slice(index + 1) : []
    const taken = branches.flatMap((branch) => take(branch, { step, later }, budget))
    branches = taken.map(({ assumptions, result: { branch, answer } }) => ({
      assumptions,
      result: { ...branch, state: answer.state, lost: answer.lost ?? branch.lost },
    }))
    for (const { assumptions } of taken) for (const { gap } of assumptions.values()) wanted.add(gap)
    const lostTo = branches.find(({ result }) => result.lost !== null)?.result.lost
    const unmodelled = kernel.modelled.known ? null : kernel.modelled.gap
    const answers = taken.map(({ assumptions, result }) => ({
      assumptions,
      result: result.answer.answer,
    }))
    return settleStep({ step, index, answers, untold: unmodelled ?? lostTo ?? budget.denied })
  })
}

interface Taken {
  readonly branch: Branch
  readonly answer: StepResult
}

interface NextStep {
  readonly step: StoryStep
  /** What comes after an intent. */
  readonly later: readonly StoryStep[]
}

function take(
  { assumptions, result: branch }: Possibility<Branch>,
  { step, later }: NextStep,
  budget: Budget,
): readonly Possibility<Taken>[] {
  const run = (facts: Facts): Taken => {
    const turn = { ...branch, facts }
    return { branch, answer: isIntent(step) ? fulfil(turn, step, later) : takeStep(turn, step) }
  }
  return explore(assumptions, run, budget)
}

function newBudget(): Budget {
  return { left: MOST_RUNS, denied: null }
}
