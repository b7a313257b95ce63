import type { Verdict3 } from '../preflight/model.js'
import { type AnswerCode, ExitCode, worstExitCode } from './exit-code.js'

/** What a hook or script does where the answer is "cannot tell". */
export type UnknownChoice = 'allow' | 'deny'

const CODES = {
  pass: ExitCode.answered,
  fail: ExitCode.refused,
  'cannot-tell': ExitCode.cannotTell,
} as const satisfies Record<Verdict3, AnswerCode>

/** Without a choice "cannot tell" is 3 (`contract.md` 2); a choice makes a yes or a no of it. */
export function exitCodeForPreflight(
  verdicts: readonly Verdict3[],
  unknown: UnknownChoice | undefined,
): AnswerCode {
  return worstExitCode(
    verdicts.map((verdict) => {
      if (verdict !== 'cannot-tell' || unknown === undefined) return CODES[verdict]
      return unknown === 'allow' ? ExitCode.answered : ExitCode.refused
    }),
  )
}
