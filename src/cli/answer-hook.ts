import type { Verdict3 } from '../preflight/answer.js'
import { type HookTaste, hookOpinion } from '../preflight/report/hook-text.js'
import { escapeTerminal } from '../text/escape.js'
import { type AnswerCode, ExitCode } from './exit-code.js'
import { describeError, errorText } from './report-error.js'
import { type HookQuestion, runHook } from './run-hook.js'
import { TOOL } from './tool.js'

/** Nobody waits longer for a hook: libvirt holds the domain meanwhile. */
export const HOOK_DEADLINE_MS = 8_000

/** What becomes of a VM about which nothing could be told. */
export type OnUnknown = 'allow' | 'deny'

export interface HookAsked extends HookTaste {
  readonly question: HookQuestion
  readonly unknown: OnUnknown
  readonly deadlineMs: number
}

/** How a hook ends: 0 lets the VM start, 1 does not; no other code. */
export interface HookAnswer {
  readonly exitCode: AnswerCode
  /** For stderr. */
  readonly text: string
  readonly stuck: boolean
}

/** Decides about the VM that is about to start. Nothing is thrown: what goes wrong follows `unknown`. */
export async function answerHook(asked: HookAsked): Promise<HookAnswer> {
  const { question, unknown, deadlineMs } = asked
  try {
    const timed = await withinTime(runHook(question), deadlineMs)
    if (!timed.done) {
      const late = `No answer within ${deadlineMs / 1_000} seconds.`
      return { ...decide('cannot-tell', [late], unknown), stuck: true }
    }
    const { preflight, skipped, stuck } = timed.value
    const left = skipped.map((text) => `Not checked, since it names no PCI function: ${text}`)
    if (preflight === null) return { ...decide('pass', left, unknown), stuck }
    const { verdict, lines } = hookOpinion(preflight, asked)
    return { ...decide(verdict, [...lines, ...left], unknown), stuck }
  } catch (error) {
    return { ...hookFailure(error, unknown), stuck: false }
  }
}

/** The same for an error before there was anything to decide; `argv` is what the caller said. */
export function hookError(error: unknown, argv: readonly string[]): Omit<HookAnswer, 'stuck'> {
  return hookFailure(error, deniesUnknown(argv) ? 'deny' : 'allow')
}

function hookFailure(error: unknown, unknown: OnUnknown): Omit<HookAnswer, 'stuck'> {
  const decided = decide('cannot-tell', [], unknown)
  return { ...decided, text: errorText(error, describeError(error)) + decided.text }
}

function decide(
  verdict: Verdict3,
  lines: readonly string[],
  unknown: OnUnknown,
): Omit<HookAnswer, 'stuck'> {
  const isRefused = verdict === 'fail' || (verdict === 'cannot-tell' && unknown === 'deny')
  const told = [...lines, ...decisionText(verdict, unknown)]
  return {
    exitCode: isRefused ? ExitCode.refused : ExitCode.answered,
    text: told.map((line) => `${TOOL.name}: ${escapeTerminal(line)}\n`).join(''),
  }
}

function decisionText(verdict: Verdict3, unknown: OnUnknown): readonly string[] {
  if (verdict === 'fail') return ['The start is refused. `vfio-reset preflight` says what helps.']
  if (verdict === 'pass') return []
  return unknown === 'deny'
    ? ['It cannot be told, and --unknown deny refuses the start then.']
    : ['It cannot be told, and --unknown allow lets the start go on.']
}

/** Also where the command line could not be parsed. */
function deniesUnknown(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const flags = end === -1 ? argv : argv.slice(0, end)
  return flags.some(
    (word, place) =>
      word === '--unknown=deny' || (word === '--unknown' && flags[place + 1] === 'deny'),
  )
}

/** What came first: the result, or the end of the time. */
export type Timed<T> = { readonly done: true; readonly value: T } | { readonly done: false }

/** Waits for `work` at most `limitMs` milliseconds. What is given up goes on until the process ends. */
export async function withinTime<T>(work: Promise<T>, limitMs: number): Promise<Timed<T>> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Timed<T>>((resolve) => {
    timer = setTimeout(() => resolve({ done: false }), limitMs)
  })
  try {
    return await Promise.race([work.then((value): Timed<T> => ({ done: true, value })), late])
  } finally {
    clearTimeout(timer)
  }
}
