import type { InferredFlags } from '@oclif/core/interfaces'
import { type HookTaste, hookOpinion } from '../../preflight/report/hook-text.js'
import { joinPrintable } from '../../text/printable.js'
import { UsageError } from '../errors.js'
import type { UnknownChoice } from '../exit-code.js'
import { checkKernel, type HostFlags } from '../flags.js'
import { parseHookCall } from '../input/hook-call.js'
import type { hookFlags } from '../input/vm-flags.js'
import { describeError, errorText } from '../output/report-error.js'
import { decideHook, type HookDecision, onUnknown } from './hook-decision.js'
import { type HookFinding, type HookQuestion, runHook } from './run-hook.js'

export interface HookAsked extends HookTaste {
  readonly question: HookQuestion
  readonly unknown: UnknownChoice
}

type HookFlags = InferredFlags<typeof hookFlags> &
  HostFlags & { readonly json: boolean | undefined }

/** Does what the caller of a hook asks for with `words`. Throws a UsageError for what no caller of hooks says. */
export async function callHook(
  words: readonly string[],
  flags: HookFlags,
  packageRoot: string,
): Promise<HookDecision> {
  if (flags.json === true) {
    throw new UsageError('A hook answers by its exit code, and has no document.', {
      hint: '`vfio-reset preflight --json` has one.',
    })
  }
  const call = parseHookCall(words)
  if (call.do === 'nothing') return decideHook('pass', [], flags.unknown)
  const kernel = checkKernel(flags.kernel)
  const question = { call, flags, kernel, packageRoot, stdin: () => process.stdin }
  const { unknown, 'only-start': onlyStart } = flags
  return answerHook({ question, unknown, onlyStart })
}

/** Decides about the VM that is about to start. Nothing is thrown: what goes wrong follows `unknown`. */
export async function answerHook(asked: HookAsked): Promise<HookDecision> {
  const { question, unknown } = asked
  const frame = { config: { root: question.packageRoot }, phase: async () => undefined }
  try {
    return judged(await runHook(question, frame), asked)
  } catch (error) {
    return hookFailure(error, unknown)
  }
}

function judged({ preflight, skipped }: HookFinding, asked: HookAsked): HookDecision {
  if (preflight === null) return decideHook('pass', skipped, asked.unknown)
  const { verdict, lines } = hookOpinion(preflight, asked)
  return decideHook(verdict, [...lines, ...skipped], asked.unknown)
}

/** The same for an error before there was anything to decide; `argv` is what the caller said. */
export function hookError(error: unknown, argv: readonly string[]): HookDecision {
  return hookFailure(error, onUnknown(argv))
}

function hookFailure(error: unknown, unknown: UnknownChoice): HookDecision {
  const decided = decideHook('cannot-tell', [], unknown)
  return { ...decided, text: joinPrintable([errorText(error, describeError(error)), decided.text]) }
}
