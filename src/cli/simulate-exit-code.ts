import type { SimulatedStep } from '../simulation/simulated-step.js'
import { type AnswerCode, ExitCode, worstExitCode } from './exit-code.js'

const CODES = {
  ok: ExitCode.answered,
  refused: ExitCode.refused,
  undetermined: ExitCode.cannotTell,
} as const satisfies Record<SimulatedStep['outcome'], AnswerCode>

/** `simulate` exits by its worst step (`contract.md` 2). */
export function exitCodeForSteps(steps: readonly SimulatedStep[]): AnswerCode {
  return worstExitCode(steps.map(({ outcome }) => CODES[outcome]))
}
