import type { PciAddress } from '../../host/pci-address.js'
import type { Loss, PlanAnswer, PlannedStep, PlanStep } from '../step.js'
import { type PlanStyle, stepCommands } from './commands.js'
import { lossText, stepSentence } from './step-words.js'

/** One step of a plan. */
export interface StepReport {
  /** What kind of step it is; `what` says it in words. */
  readonly do: PlanStep['do']
  /** The function that it is done to; null: it is about the host or the VM as a whole. */
  readonly device: PciAddress | null
  /** Lines for a shell, to be run as root; null: somebody has to do it by hand, as `what` says. */
  readonly command: string | null
  /** What is lost by it, in words; null: nothing. */
  readonly cost: string | null
  /** Lines for a shell that take it back, to be run as root; null: nothing to take back, or no command does. */
  readonly undo: string | null
  /** What it does, in words. */
  readonly what: string
  /** Lines for a shell that make it outlive a reboot; null: it does so anyway, or no command makes it. */
  readonly lasting: string | null
  /** What is lost by it, as `cost` says in words. */
  readonly losses: readonly Loss[]
}

/** The steps of a plan with their commands; null: there is none. */
export function planReport(
  plan: PlanAnswer | null,
  style: PlanStyle,
): readonly StepReport[] | null {
  return plan?.found === true ? plan.steps.map((step) => stepReport(step, style)) : null
}

/** What to type for a whole plan; empty: a step of it is done by hand, and the rest typed without it could do harm. */
export function wholeCommands(steps: readonly StepReport[]): readonly string[] {
  const typed = steps.map(({ command }) => command?.split('\n') ?? [])
  return typed.every((lines) => lines.length > 0) ? typed.flat() : []
}

function stepReport(planned: PlannedStep, style: PlanStyle): StepReport {
  const { step, losses } = planned
  const { command, undo, lasting } = stepCommands(planned, style)
  return {
    do: step.do,
    device: step.device,
    command: lines(command),
    cost: losses.length === 0 ? null : losses.map(lossText).join('; '),
    undo: lines(undo),
    what: stepSentence(step),
    lasting: lines(lasting),
    losses,
  }
}

function lines(commands: readonly string[] | null): string | null {
  return commands === null ? null : commands.join('\n')
}
