import { ExpectedError } from './errors.js'

/** What the process tells its caller (`contract.md` 2). A crash must never look like a "no", hence 70. */
export const ExitCode = {
  /** Answered: yes, permitted, nothing wrong; for listing commands: done. */
  answered: 0,
  /** Answered: no, or at least one refused. */
  refused: 1,
  /** Wrong usage, unknown device, unreadable or invalid capture or scenario. */
  usage: 2,
  /** Cannot tell: an undetermined verdict, or the host could not be read. */
  cannotTell: 3,
  /** A real ioctl was issued and the kernel contradicted the prediction, or the reset failed. */
  contradicted: 4,
  /** Bug in vfio-reset. */
  bug: 70,
} as const

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** The codes that an answer can have; the others are for errors. */
export type AnswerCode = Exclude<ExitCode, typeof ExitCode.usage | typeof ExitCode.bug>

const WORST_FIRST: readonly AnswerCode[] = [
  ExitCode.contradicted,
  ExitCode.cannotTell,
  ExitCode.refused,
]

/** The code for several answers: the worst wins, in the order 4, 3, 1, 0. No answers: nothing was wrong. */
export function worstExitCode(codes: Iterable<AnswerCode>): AnswerCode {
  const seen = new Set(codes)
  return WORST_FIRST.find((code) => seen.has(code)) ?? ExitCode.answered
}

/** The code for a thrown error: 2 and 3 for the errors we throw on purpose, 70 for everything else. */
export function exitCodeFor(error: unknown): ExitCode {
  return error instanceof ExpectedError ? error.exitCode : ExitCode.bug
}
