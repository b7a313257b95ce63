import type { ResetReport } from '../execution/report/reset-document.js'
import type { DeviceReport } from '../inspect/document.js'
import { type FailOn, failures } from '../inspect/fail-on.js'
import type { Verdict } from '../policy/verdict.js'
import type { Verdict3 } from '../preflight/answer.js'
import type { SimulatedStep } from '../simulation/simulated-step.js'
import { ExpectedError } from './errors.js'

/**
 * What the process tells its caller (`docs/reference/commands.md#exit-codes`). A crash must never look like a "no",
 * hence 70.
 */
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

/** What each means, as the help and the man pages tell it. */
export const EXIT_WORDS: Readonly<Record<ExitCode, string>> = {
  0: 'answered: yes, permitted, nothing wrong; for listing commands: done',
  1: 'answered: no, or at least one is refused',
  2: 'wrong usage, unknown device, unreadable or invalid capture, scenario or VM description',
  3: 'cannot tell: an undetermined verdict, or the host could not be read',
  4: 'a real ioctl was issued and the kernel contradicted the prediction, or the reset failed',
  70: 'bug in vfio-reset; the message says how to report it',
}

/** Exit code of a process that ended in an error. */
export type ErrorCode =
  /** Wrong usage, an unknown function, or an input that is none. */
  | 2
  /** The host could not be read, or does not let us act. */
  | 3
  /** A bug in vfio-reset. */
  | 70

/** The codes that an answer can have. */
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
export function exitCodeFor(error: unknown): ErrorCode {
  return error instanceof ExpectedError ? error.exitCode : ExitCode.bug
}

/** What an answer is worth: of a verdict, of a step, of a check before a VM starts. */
const CODES = {
  permitted: ExitCode.answered,
  ok: ExitCode.answered,
  pass: ExitCode.answered,
  refused: ExitCode.refused,
  fail: ExitCode.refused,
  undetermined: ExitCode.cannotTell,
  'cannot-tell': ExitCode.cannotTell,
} as const satisfies Record<Verdict['outcome'] | SimulatedStep['outcome'] | Verdict3, AnswerCode>

/** `inspect` lists, so it answers 0 unless `--fail-on` was given. */
export function exitCodeForInspect(
  answer: () => { readonly devices: Iterable<DeviceReport> },
  flags: {
    readonly 'fail-on': FailOn | undefined
    readonly policy: readonly string[] | undefined
  },
  asked: boolean,
): ExitCode {
  const failOn = flags['fail-on']
  if (failOn === undefined) return ExitCode.answered
  const report = answer()
  const named = new Set(flags.policy?.includes('all') === true ? allOf(report) : flags.policy)
  return worstExitCode(failures(report, { failOn, named, asked }).map((each) => CODES[each]))
}

function allOf({ devices }: { readonly devices: Iterable<DeviceReport> }): readonly string[] {
  return [...devices].flatMap(({ hotReset }) => hotReset.verdicts.map(({ policy }) => policy))
}

/** What a hook or script does where the answer is "cannot tell". */
export type UnknownChoice = 'allow' | 'deny'

/** Without a choice "cannot tell" is 3; a choice makes a yes or a no of it. */
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

/** A dry run answers with the prediction; a reset with whether it was done, and as predicted. */
export function exitCodeForReset(report: ResetReport): AnswerCode {
  const { executed, prediction, actual, agrees, after } = report
  if (!executed) return CODES[prediction.outcome]
  const isDead = after?.some(({ alive }) => !alive) === true
  if (agrees === false || actual === null || isDead) return ExitCode.contradicted
  if (actual.errno === null) return ExitCode.answered
  // A refusal that was predicted, and asked for with --force, is no failure of the reset.
  const { outcome, errno, possible = [] } = prediction
  const predicted = outcome === 'refused' && [errno, ...possible].includes(actual.errno)
  return predicted ? ExitCode.refused : ExitCode.contradicted
}

/** `simulate` exits by its worst step; where a scenario says what it expects, by what does not come as expected. */
export function exitCodeForSteps(steps: readonly SimulatedStep[]): AnswerCode {
  const claims = steps.flatMap(({ holds }) => (holds === undefined ? [] : [holds]))
  if (claims.length > 0) {
    return worstExitCode(
      claims.map((holds) => {
        if (holds === null) return ExitCode.cannotTell
        return holds ? ExitCode.answered : ExitCode.refused
      }),
    )
  }
  return worstExitCode(steps.map(({ outcome }) => CODES[outcome]))
}
