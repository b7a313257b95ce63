import type { Verdict3 } from '../../preflight/answer.js'
import { type Printable, printableSentences } from '../../text/printable.js'
import { type AnswerCode, ExitCode, type UnknownChoice } from '../exit-code.js'
import { TOOL } from '../tool.js'

/** Nobody waits longer for a hook: libvirt holds the domain meanwhile. */
export const HOOK_DEADLINE_MS = 7_000

/** How a hook ends: 0 lets the VM start, 1 does not; no other code. */
export interface HookDecision {
  readonly exitCode: AnswerCode
  /** For stderr. */
  readonly text: Printable
}

/**
 * The last line of every refusal, and of nothing else. Node ends with 1 too when it cannot start, so the ready-made hook files
 * refuse only where both are seen.
 */
export const REFUSAL = 'The start is refused.'

/** What a hook tells its caller, given what `preflight` found. */
export function decideHook(
  verdict: Verdict3,
  lines: readonly string[],
  unknown: UnknownChoice,
): HookDecision {
  const isRefused = verdict === 'fail' || (verdict === 'cannot-tell' && unknown === 'deny')
  const told = [...lines, ...decisionText(verdict, unknown), ...(isRefused ? [REFUSAL] : [])]
  return {
    exitCode: isRefused ? ExitCode.refused : ExitCode.answered,
    text: printableSentences(...told.map((line) => `${TOOL.name}: ${line}`)),
  }
}

function decisionText(verdict: Verdict3, unknown: UnknownChoice): readonly string[] {
  if (verdict === 'fail') return ['`vfio-reset preflight` says what helps.']
  if (verdict === 'pass') return []
  return unknown === 'deny'
    ? ['Cannot tell, and --unknown deny refuses the start then.']
    : ['Cannot tell, and --unknown allow lets the start go on.']
}

/** What a command line says of a VM about which nothing could be told, also where it could not be parsed. */
export function onUnknown(argv: readonly string[]): UnknownChoice {
  const end = argv.indexOf('--')
  const flags = end === -1 ? argv : argv.slice(0, end)
  const isDeny = flags.some(
    (word, place) =>
      word === '--unknown=deny' || (word === '--unknown' && flags[place + 1] === 'deny'),
  )
  return isDeny ? 'deny' : 'allow'
}
