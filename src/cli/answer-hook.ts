import type { InferredFlags } from '@oclif/core/interfaces'
import type { Verdict3 } from '../preflight/answer.js'
import { type HookTaste, hookOpinion } from '../preflight/report/hook-text.js'
import { joinPrintable, type Printable, printableSentences } from '../text/printable.js'
import { UsageError } from './errors.js'
import { type AnswerCode, ExitCode } from './exit-code.js'
import { checkKernel, type HostFlags } from './flags.js'
import { parseHookCall } from './hook-call.js'
import { describeError, errorText } from './report-error.js'
import { type HookFinding, type HookQuestion, runHook } from './run-hook.js'
import { TOOL } from './tool.js'
import type { hookFlags } from './vm-flags.js'

/** Nobody waits longer for a hook: libvirt holds the domain meanwhile. */
const HOOK_DEADLINE_MS = 8_000

/** What becomes of a VM about which nothing is known. */
export type OnUnknown = 'allow' | 'deny'

export interface HookAsked extends HookTaste {
  readonly question: HookQuestion
  readonly unknown: OnUnknown
  readonly deadlineMs: number
}

/** How a hook ends: 0 lets the VM start, 1 does not; no other code. */
export interface HookAnswer extends Decision {
  readonly stuck: boolean
}

interface Decision {
  readonly exitCode: AnswerCode
  /** For stderr. */
  readonly text: Printable
}

type HookFlags = InferredFlags<typeof hookFlags> &
  HostFlags & { readonly json: boolean | undefined }

/** Does what the caller of a hook asks for with `words`. Throws a UsageError for what no caller of hooks says. */
export async function callHook(
  words: readonly string[],
  flags: HookFlags,
  packageRoot: string,
): Promise<HookAnswer> {
  if (flags.json === true) {
    throw new UsageError('A hook answers by its exit code, and has no document.', {
      hint: '`vfio-reset preflight --json` has one.',
    })
  }
  const call = parseHookCall(words)
  if (call.do === 'nothing') return { ...decide('pass', [], flags.unknown), stuck: false }
  const kernel = checkKernel(flags.kernel)
  const question = { call, flags, kernel, packageRoot, stdin: process.stdin }
  const { unknown, 'only-start': onlyStart } = flags
  return answerHook({ question, unknown, onlyStart, deadlineMs: HOOK_DEADLINE_MS })
}

/** Decides about the VM that is about to start. Nothing is thrown: what goes wrong follows `unknown`. */
export async function answerHook(asked: HookAsked): Promise<HookAnswer> {
  const { question, unknown, deadlineMs } = asked
  const config = { root: question.packageRoot }
  const frame = { config, stuck: false, phase: async () => undefined }
  try {
    const finding = await withinTime(runHook(question, frame), deadlineMs)
    if (finding !== null) return { ...judged(finding, asked), stuck: frame.stuck }
    const late = `No answer within ${deadlineMs / 1_000} seconds.`
    return { ...decide('cannot-tell', [late], unknown), stuck: true }
  } catch (error) {
    return { ...hookFailure(error, unknown), stuck: frame.stuck }
  }
}

function judged({ preflight, skipped }: HookFinding, asked: HookAsked): Decision {
  if (preflight === null) return decide('pass', skipped, asked.unknown)
  const { verdict, lines } = hookOpinion(preflight, asked)
  return decide(verdict, [...lines, ...skipped], asked.unknown)
}

/** The same for an error before there was anything to decide; `argv` is what the caller said. */
export function hookError(error: unknown, argv: readonly string[]): HookAnswer {
  return { ...hookFailure(error, deniesUnknown(argv) ? 'deny' : 'allow'), stuck: false }
}

function hookFailure(error: unknown, unknown: OnUnknown): Decision {
  const decided = decide('cannot-tell', [], unknown)
  return { ...decided, text: joinPrintable([errorText(error, describeError(error)), decided.text]) }
}

function decide(verdict: Verdict3, lines: readonly string[], unknown: OnUnknown): Decision {
  const isRefused = verdict === 'fail' || (verdict === 'cannot-tell' && unknown === 'deny')
  const told = [...lines, ...decisionText(verdict, unknown)]
  return {
    exitCode: isRefused ? ExitCode.refused : ExitCode.answered,
    text: printableSentences(...told.map((line) => `${TOOL.name}: ${line}`)),
  }
}

function decisionText(verdict: Verdict3, unknown: OnUnknown): readonly string[] {
  if (verdict === 'fail') return ['The start is refused. `vfio-reset preflight` says what helps.']
  if (verdict === 'pass') return []
  return unknown === 'deny'
    ? ['Cannot tell, and --unknown deny refuses the start then.']
    : ['Cannot tell, and --unknown allow lets the start go on.']
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

/** Waits for `work` at most `limitMs` milliseconds; null: it took longer. What is given up goes on until the process ends. */
async function withinTime<T>(work: Promise<T>, limitMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
