import type { DeviceReport } from '../inspect/document.js'
import { type FailOn, failures } from '../inspect/fail-on.js'
import { ExitCode, worstExitCode } from './exit-code.js'

const CODES = { refused: ExitCode.refused, undetermined: ExitCode.cannotTell } as const

/** `inspect` lists, so it answers 0 unless `--fail-on` was given (`contract.md` 2). */
export function exitCodeForInspect(
  report: { readonly devices: Iterable<DeviceReport> },
  flags: {
    readonly 'fail-on': FailOn | undefined
    readonly policy: readonly string[] | undefined
  },
  asked: boolean,
): ExitCode {
  const failOn = flags['fail-on']
  if (failOn === undefined) return ExitCode.answered
  const named = new Set(flags.policy?.includes('all') === true ? allOf(report) : flags.policy)
  return worstExitCode(failures(report, { failOn, named, asked }).map((each) => CODES[each]))
}

function allOf({ devices }: { readonly devices: Iterable<DeviceReport> }): readonly string[] {
  return [...devices].flatMap(({ hotReset }) => hotReset.verdicts.map(({ policy }) => policy))
}
