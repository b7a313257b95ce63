import type { RawHost } from '../host/raw-host.js'
import type { Step } from '../simulation/scenario/scenario.js'
import type { SimulatedStep } from '../simulation/simulated-step.js'
import type { KernelCalls } from '../uapi/kernel-calls.js'
import { agrees } from './agreement.js'
import { vfioNodes } from './nodes.js'
import { performScenario } from './perform-scenario.js'
import type { PerformedStep } from './performed-step.js'
import type { ResetPlan } from './reset-plan.js'

export interface ResetStage {
  /** The host as it was read before. */
  readonly raw: RawHost
  readonly kernel: KernelCalls
  /** What each step of the plan was predicted to give. */
  readonly predicted: readonly SimulatedStep[]
  /** Goes on where the kernel's own list of what is reset is not the predicted one. */
  readonly forced: boolean
  readonly isInterrupted: () => boolean
  /** Monotonic clock in milliseconds. */
  readonly now: () => number
}

/** How a plan went. */
export interface ResetRun {
  /** Answers to the first steps of the plan; to all of them when nothing stopped it. */
  readonly performed: readonly PerformedStep[]
  /** The reset itself; null: it was never asked for. */
  readonly reset: { readonly answer: PerformedStep; readonly durationMs: number } | null
  /** What kept it from being asked for; null: nothing did. */
  readonly stopped: Stop | null
}

export type Stop =
  | { readonly why: 'interrupted' }
  /** An opening call was refused. */
  | { readonly why: 'refused'; readonly step: Step; readonly errno: string | null }
  /** The kernel lists other functions than were predicted, or refuses to list them. */
  | { readonly why: 'contradicted'; readonly step: Step; readonly answer: PerformedStep }

/** Carries a plan out. Up to the reset it stops at whatever goes wrong; after it only the closing is left. */
export async function performReset(plan: ResetPlan, stage: ResetStage): Promise<ResetRun> {
  const { raw, kernel, now } = stage
  const { steps } = plan.scenario
  let started = 0
  let reset: ResetRun['reset'] = null
  let stopped: Stop | null = null
  const performed = await performScenario(plan.scenario, {
    kernel,
    nodesOf: vfioNodes(raw),
    goesOn: (_, answers) => {
      if (reset === null) stopped = stopAfter(steps, answers, stage)
      started = now()
      return stopped === null
    },
    onAnswer: (step, answer) => {
      if (step.do === 'hot-reset') reset = { answer, durationMs: Math.round(now() - started) }
    },
  })
  return { performed, reset, stopped }
}

function stopAfter(
  steps: readonly Step[],
  answers: readonly PerformedStep[],
  { predicted, forced, isInterrupted }: ResetStage,
): Stop | null {
  const last = answers.length - 1
  const [step, answer, expected] = [steps[last], answers[last], predicted[last]]
  if (step !== undefined && answer !== undefined && expected !== undefined) {
    if (step.do === 'reset-info') {
      if (!forced && !agrees(expected, answer)) return { why: 'contradicted', step, answer }
    } else if (answer.outcome === 'refused') {
      return { why: 'refused', step, errno: answer.errno }
    }
  }
  return isInterrupted() ? { why: 'interrupted' } : null
}
