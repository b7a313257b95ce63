import type { ResetReport } from '../execution/report/reset-document.js'
import { type AnswerCode, ExitCode } from './exit-code.js'

const PREDICTED = {
  permitted: ExitCode.answered,
  refused: ExitCode.refused,
  undetermined: ExitCode.cannotTell,
} as const satisfies Record<ResetReport['prediction']['outcome'], AnswerCode>

/** A dry run answers with the prediction; a reset with whether it was done, and as foretold (`contract.md` 2). */
export function exitCodeForReset(report: ResetReport): AnswerCode {
  const { executed, prediction, actual, agrees, after } = report
  if (!executed) return PREDICTED[prediction.outcome]
  const isDead = after?.some(({ alive }) => !alive) === true
  if (agrees === false || actual === null || isDead) return ExitCode.contradicted
  if (actual.errno === null) return ExitCode.answered
  // A refusal that was foretold, and asked for with --force, is no failure of the reset.
  const foretold = prediction.outcome === 'refused' && actual.errno === prediction.errno
  return foretold ? ExitCode.refused : ExitCode.contradicted
}
