import { HOOK_DEADLINE_MS } from '../cli/answers/hook-decision.js'
import { isHookCalling, parseHookCall } from '../cli/input/hook-call.js'

/** What a process waits for, and how long. */
export interface Task {
  readonly argv: readonly string[]
  readonly patience: Patience
  /** Somebody's hook is calling: whatever happens, it hears whether the VM may start. */
  readonly isHook: boolean
  /** It may touch hardware: it is never begun anew once it may have, so every path is told from the first. */
  readonly isActing: boolean
  /** Most processor time, in seconds. */
  readonly mostSeconds: number
  /** Whether this process may try to do it alone, and what it needs for that. */
  readonly alone: 'no' | 'yes' | 'with-standard-input'
}

/** Longest waits, in milliseconds. */
export interface Patience {
  /** For a sign of life while it is read. */
  readonly sign: number
  /** For the first path that gives no answer: longer than a device takes to wake, far shorter than a reset that hangs. */
  readonly path: number
  /** For each path after it: what hangs is known to happen on this host then. */
  readonly nextPath: number
  /** For all, from the start of this process; null: as long as it takes. */
  readonly all: number | null
}

const PEOPLE: Patience = { sign: 1_500, path: 3_500, nextPath: 1_000, all: null }
const HOOK: Patience = { sign: 600, path: 600, nextPath: 400, all: HOOK_DEADLINE_MS }

/** Commands that touch nothing but what belongs to this package. */
const SELF_CONTAINED: ReadonlySet<string> = new Set(['policies', 'completion', 'help'])

/** Most that an input of a stranger may cost, and the host on which the tool runs: thousands of functions are honest there. */
const INPUT_SECONDS = 9
const HOST_SECONDS = 60

/** null: the command line touches no file that could hang, and is run at once. */
export function taskOf(words: readonly string[]): Task | null {
  const argv = words.length === 0 ? ['welcome'] : words
  const [command = '', ...rest] = argv
  if (command.startsWith('-') || SELF_CONTAINED.has(command)) return null
  const end = rest.indexOf('--')
  const flags = end === -1 ? rest : rest.slice(0, end)
  if (flags.includes('--help') || flags.includes('-h')) return null
  const isHook = command === 'hook' && isHookCalling(hookWords(rest))
  if (isHook && isNothing(argv)) return null
  const isActing = command === 'verify' || flags.includes('--execute') || flags.includes('--verify')
  return {
    argv,
    patience: isHook ? HOOK : PEOPLE,
    isHook,
    isActing,
    mostSeconds: mostSeconds(command, rest, flags),
    alone: isActing ? 'no' : aloneOf(command, rest, flags),
  }
}

/** Commands that read little, and write nothing but their answer. */
const SMALL: ReadonlySet<string> = new Set([
  'doctor',
  'inspect',
  'preflight',
  'hook',
  'simulate',
  'explain',
])

/**
 * A guess, so that what another process has to do is not begun here: the live host can hang, and a pipe is waited for. Whether
 * anything that is touched can hang is found out when it is (`src/host/watch/lone-watch.ts`).
 */
function aloneOf(
  command: string,
  rest: readonly string[],
  flags: readonly string[],
): Task['alone'] {
  const isChosen = flags.some((flag) => /^--(?:root|capture|demo)\b/.test(flag))
  if (command !== 'diff' && !(SMALL.has(command) && isChosen)) return 'no'
  // A pipe, or this very host.
  if (flags.some((flag) => /(?:^|=)[-/]$/.test(flag))) return 'no'
  if (command === 'explain' && rest.every((word) => word.startsWith('-'))) return 'no'
  return command === 'hook' && rest[0] === 'libvirt' ? 'with-standard-input' : 'yes'
}

/** `export` may be given thousands of captures, and each may cost what an input may. */
function mostSeconds(command: string, rest: readonly string[], flags: readonly string[]): number {
  if (ENDLESS.has(command)) return Number.POSITIVE_INFINITY
  if (command === 'export') return HOST_SECONDS + INPUT_SECONDS * rest.length
  const isOfStranger = flags.some((flag) => /^--(?:root|capture)\b/.test(flag))
  return isOfStranger || !OF_HOST.has(command) ? INPUT_SECONDS : HOST_SECONDS
}

/** Commands that read a host for as long as somebody wants. */
const ENDLESS: ReadonlySet<string> = new Set(['watch', 'wait'])

/** Commands that read the host on which they run. */
const OF_HOST: ReadonlySet<string> = new Set([
  'welcome',
  'doctor',
  'inspect',
  'preflight',
  'capture',
  'report',
  'reset',
  'verify',
  'hook',
])

function hookWords(rest: readonly string[]): readonly string[] {
  return rest.filter((word) => !word.startsWith('-'))
}

/** The same in the words of the ready-made files, without a flag that could be wrong: it ends at once, and well. */
export function isPlainNothing(argv: readonly string[]): boolean {
  const [flag, choice, ...others] = argv.slice(2, Math.max(2, argv.indexOf('--')))
  const isPlain =
    flag === undefined || (flag === '--unknown' && /^(?:allow|deny)$/.test(choice ?? ''))
  return isPlain && others.length === 0 && isNothing(argv)
}

/** Whether a hook is called for something that is none of its business; most calls are. */
function isNothing([command, ...rest]: readonly string[]): boolean {
  const end = rest.indexOf('--')
  if (command !== 'hook' || end === -1) return false
  try {
    return parseHookCall([...rest.slice(0, 1), ...rest.slice(end + 1)]).do === 'nothing'
  } catch {
    return false
  }
}
