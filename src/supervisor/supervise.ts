import process from 'node:process'
import { decideHook, onUnknown } from '../cli/answers/hook-decision.js'
import { HostError, UsageError } from '../cli/errors.js'
import { isJsonWanted } from '../cli/output/json-text.js'
import { reportError } from '../cli/output/report-error.js'
import type { KeptInput, Message, Reserve } from '../host/watch/messages.js'
import { printableDocument } from '../text/printable.js'
import { type Attempt, type ProcessEnding, startAttempt } from './attempt.js'
import { costOf } from './cost.js'
import type { Task } from './task.js'

/** Paths that are found out one by one; after them all that is called alike is left alone. */
const MOST_SILENT = 8

/** Part of the time for all after which paths are not found out one by one any more. */
const HURRY = 0.6

/** Most memory of the working process, in MiB, and how often it is looked at, in milliseconds. */
const MOST_MEBIBYTES = 960
const LOOK_MS = 100

/**
 * Has the work done by another process, and waits for it: for its answer, not for its end. A path that gives no answer costs that
 * process, which is left behind in the kernel; the next one leaves the path alone, so that it becomes a gap (`docs/adr/0007`).
 */
export function supervise(task: Task, root: string, given: readonly KeptInput[]): void {
  const { patience } = task
  // What was done here in vain counts.
  const { user, system } = process.cpuUsage()
  const mostSeconds = Math.max(1, task.mostSeconds - (user + system) / 1e6)
  const silent: string[] = []
  const kept: KeptInput[] = [...given]
  let attempt: Attempt | null = null
  let state = freshState(false)
  let isOver = false
  let waiting: NodeJS.Timeout | undefined
  let passed: NodeJS.Signals | null = null

  function begin(): void {
    const isHurried =
      silent.length >= MOST_SILENT ||
      (patience.all !== null && silent.length > 0 && performance.now() > patience.all * HURRY)
    const careful = task.isActing || state.isSuspect
    state = freshState(state.isSuspect)
    const wish = { careful, silent, byName: isHurried }
    const failed = (error: unknown) => void fail(error)
    attempt = startAttempt({ root, argv: task.argv, wish, kept }, { message: hear, ended, failed })
  }

  function hear(message: Message): void {
    state.heard += 1
    clearTimeout(waiting)
    switch (message.kind) {
      case 'reading':
        wait(patience.sign)
        return
      case 'enter':
        state.path = message.path
        wait(silent.length === 0 ? patience.path : patience.nextPath)
        return
      case 'working':
        state.path = null
        return
      case 'acting':
        state.isActing = true
        return
      case 'keep':
        kept.push(message.kept)
        return
      case 'reserve':
        state.reserve = message.reserve
        return
      case 'end':
        return
    }
  }

  /** What was heard meanwhile counts, also if we were kept from hearing it; and on a busy machine silence is not hanging. */
  function wait(ms: number): void {
    const { heard } = state
    waiting = setTimeout(() => {
      setImmediate(() => {
        if (heard !== state.heard || isOver) return
        if (attempt !== null && costOf(attempt.pid)?.isRunning === true) wait(ms)
        else giveUp()
      })
    }, ms)
  }

  function giveUp(): void {
    const { path, isActing, reserve } = state
    attempt?.leave()
    clearLine()
    if (isActing) {
      if (reserve === null) void fail(noAnswer(path))
      else tell(reserve)
      return
    }
    if (path !== null && silent.length > MOST_SILENT) {
      void fail(noAnswer(path))
      return
    }
    if (path !== null) silent.push(path)
    state.isSuspect = true
    begin()
  }

  function ended({ end, code, signal }: ProcessEnding): void {
    clearTimeout(waiting)
    if (end !== null) {
      close(end.exitCode)
      return
    }
    if (signal !== null && signal === passed) {
      endBy(signal)
      return
    }
    void fail(unanswered(code, signal))
  }

  /** Ends as the working process did, and as this one would have without it. */
  function endBy(signal: NodeJS.Signals): void {
    isOver = true
    for (const each of SIGNALS) process.removeAllListeners(each)
    process.kill(process.pid, signal)
  }

  async function fail(error: unknown): Promise<void> {
    if (isOver) return
    isOver = true
    attempt?.leave()
    const json = isJsonWanted(task.argv) && !task.isHook && !state.isActing
    const code = await reportError(error, { json })
    if (!task.isHook) return finish(code)
    const { text, exitCode } = decideHook('cannot-tell', [], onUnknown(task.argv))
    process.stderr.write(text, () => finish(exitCode))
  }

  function tell({ stdout, stderr, exitCode }: Reserve): void {
    isOver = true
    const told = printableDocument(stderr)
    process.stdout.write(printableDocument(stdout), () =>
      process.stderr.write(told, () => finish(exitCode)),
    )
  }

  function close(exitCode: number): void {
    if (isOver) return
    isOver = true
    attempt?.leave()
    finish(exitCode)
  }

  function finish(code: number): void {
    clearTimeout(waiting)
    process.exitCode = code
    clearInterval(looking)
    clearTimeout(overall)
    for (const each of SIGNALS) process.removeAllListeners(each)
  }

  function look(): void {
    const cost = attempt === null || isOver ? null : costOf(attempt.pid)
    if (cost === null) return
    if (cost.seconds > mostSeconds) {
      void fail(tooExpensive(`${task.mostSeconds} seconds of processor time`))
    }
    if (cost.mebibytes > MOST_MEBIBYTES) void fail(tooExpensive(`${MOST_MEBIBYTES} MiB of memory`))
  }

  for (const signal of SIGNALS) {
    process.on(signal, () => {
      passed = signal
      attempt?.signal(signal)
    })
  }
  const looking = setInterval(look, LOOK_MS)
  const overall =
    patience.all === null
      ? undefined
      : setTimeout(
          () => {
            setImmediate(() => void fail(late(patience.all ?? 0, state.path)))
          },
          Math.max(0, patience.all - performance.now()),
        )
  begin()
}

interface State {
  /** Messages so far. */
  heard: number
  /** What it is touching, as far as it tells; null: nothing. */
  path: string | null
  isActing: boolean
  reserve: Reserve | null
  /** Something hung already. */
  isSuspect: boolean
}

function freshState(isSuspect: boolean): State {
  return { heard: 0, path: null, isActing: false, reserve: null, isSuspect }
}

/** Signals that can be caught, and that end a process which does not. Node keeps SIGUSR1 for its debugger, SIGPROF and SIGPIPE. */
const SIGNALS = [
  ...(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGALRM', 'SIGVTALRM', 'SIGUSR2'] as const),
  ...(['SIGXCPU', 'SIGIO', 'SIGPWR', 'SIGSTKFLT'] as const),
]

/** Why a process ended that has said nothing. */
function unanswered(code: number | null, signal: NodeJS.Signals | null): Error {
  if (signal === 'SIGABRT') return tooExpensive('the memory that an input may cost')
  if (signal === 'SIGKILL' || SIGNALS.some((each) => each === signal)) {
    return new HostError(`The process that does the work was ended by ${signal}.`, {
      hint: 'Somebody sent it that signal; the kernel does (SIGKILL) when memory runs out, which `dmesg` says.',
    })
  }
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`
  return new Error(`the working process ended ${how} and gave no answer`)
}

function noAnswer(path: string | null): HostError {
  const what = path ?? 'A file of this host'
  return new HostError(`${what} gives no answer.`, {
    path: path ?? undefined,
    hint: 'Something hangs in the kernel: a reset, a device, a file system. `dmesg` may say which.',
  })
}

function late(ms: number, path: string | null): HostError {
  const what = path === null ? '' : `, ${path} gives none`
  return new HostError(`No answer within ${ms / 1_000} seconds${what}.`)
}

function tooExpensive(what: string): UsageError {
  return new UsageError(`This costs more than ${what}, so it was ended.`, {
    hint: 'No real host or log is like that; if yours is, please report it.',
  })
}

/** A line that a spinner was on. */
function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K')
}
