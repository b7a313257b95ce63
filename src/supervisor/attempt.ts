import { type ChildProcess, spawn } from 'node:child_process'
import { fstatSync } from 'node:fs'
import { join } from 'node:path'
import process, { versions } from 'node:process'
import { Duplex, type Readable } from 'node:stream'
import { errnoOf, HostError } from '../cli/errors.js'
import { LATE_OPTIMIZING } from '../cli/late-optimizing.js'
import { INSIDE } from '../host/package-file.js'
import {
  decodeMessage,
  type End,
  type KeptInput,
  type Message,
  type Wish,
} from '../host/watch/messages.js'

/** A process that does the work, and what is heard of it. */
export interface Attempt {
  readonly pid: number
  /** Passes a signal on. */
  signal(signal: NodeJS.Signals): void
  /** Leaves it behind: it ends when the kernel lets go of it. Nothing is heard of it any more. */
  leave(): void
}

export interface Work {
  /** Folder of the package. */
  readonly root: string
  readonly argv: readonly string[]
  readonly wish: Omit<Wish, 'keptLength'>
  /** What earlier processes read of pipes. */
  readonly kept: readonly KeptInput[]
}

export interface Listener {
  message(message: Message): void
  /** The process has ended, and all that it wrote has been passed on. `end`: what it said last, if it came to that. */
  ended(ending: ProcessEnding): void
  /** It could not be started. */
  failed(error: HostError): void
}

export interface ProcessEnding {
  readonly end: End | null
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/**
 * Most memory of JavaScript objects, in MiB, as a flag of Node; whoever waits ends the process long before. With less than 2 GiB V8
 * gives up short calls to its builtins (`kShortBuiltinCallsOldSpaceSizeThreshold`), and everything takes a quarter longer.
 */
export const HEAP = '--max-old-space-size=2048'

/**
 * Garbage is collected earlier: 17 of 149 MiB less at 8,192 functions, for 1 % of the time (docs/bench.md). Node ends at a flag that V8
 * does not know; both were tried on Node 18 to 24.
 */
const EARLY_COLLECTING: readonly string[] =
  Number.parseInt(versions.v8, 10) < 14
    ? ['--max-semi-space-size=8', '--heap-growing-percent=150']
    : []

/** Flags of Node for a process that does the work. */
const FLAGS: readonly string[] = [HEAP, ...LATE_OPTIMIZING, ...EARLY_COLLECTING]

/** What the first word is of a process that does the work, where there is one executable; it runs with {@link HEAP} anyway. */
export const WATCHED = '<watched>'

/** Longest wait for the end of a process that has said its last word, in milliseconds. */
const ENDING_MS = 300

/**
 * Starts the work. Its output goes where ours goes; a pipe or a socket is passed on by us, since whoever reads there waits for
 * the last writer, and this one may have to be left behind.
 */
export function startAttempt({ root, argv, wish, kept }: Work, listener: Listener): Attempt {
  const channel = channelFor(argv)
  const words = root === INSIDE ? [WATCHED] : [...FLAGS, join(root, 'bin', 'watched.js')]
  const past = Buffer.from(kept.length === 0 ? '' : JSON.stringify(kept))
  const whole: Wish = { ...wish, keptLength: past.length }
  const child = begin([...words, JSON.stringify(whole), `${channel}`, ...argv], channel)
  child.on('error', (error) => {
    if (child.pid === undefined) listener.failed(notStarted(error))
  })
  if (child.pid === undefined) return { pid: 0, signal: () => undefined, leave: () => undefined }
  let end: End | null = null
  let isLeft = false
  const finish = (code: number | null, signal: NodeJS.Signals | null) => {
    if (!isLeft) listener.ended({ end, code, signal })
  }
  const passed = Promise.all([
    passOn(child.stdout, () => process.stdout),
    passOn(child.stderr, () => process.stderr),
  ])
  const heard = (line: string) => {
    const message = isLeft ? undefined : decodeMessage(line)
    if (message === undefined) return
    listener.message(message)
    if (message.kind !== 'end') return
    end = message.end
    // All is said and written; should it not end by itself, nobody waits for it.
    void passed.then(() => setTimeout(finish, ENDING_MS, null, null))
  }
  const pipe = child.stdio[channel]
  if (pipe instanceof Duplex) {
    pipe.write(past)
    readLines(pipe, heard)
  }
  child.on('close', finish)
  return {
    pid: child.pid,
    signal: (signal) => {
      child.kill(signal)
    },
    leave() {
      isLeft = true
      child.kill('SIGKILL')
      child.unref()
      for (const stream of child.stdio) stream?.destroy()
    },
  }
}

function begin(words: readonly string[], channel: number): ChildProcess {
  const between = Array.from({ length: channel - 3 }, (_, at) => at + 3)
  return spawn(process.execPath, words, {
    stdio: ['inherit', outputFor(1), outputFor(2), ...between, 'pipe'],
  })
}

/** Too few file descriptors, processes or memory: it is the host that does not let us. */
function notStarted(error: unknown): HostError {
  const errno = errnoOf(error)
  return new HostError(`No process can be started here: ${errno ?? 'unknown error'}.`, {
    errno,
    cause: error,
    hint: 'Limits of this shell or service may be too low (ulimit -a).',
  })
}

/** Number of the pipe that the process tells us by: none that the command line names (`/dev/fd/3`). */
function channelFor(argv: readonly string[]): number {
  const named = new Set(
    argv.flatMap((word) => [...word.matchAll(/\/fd\/(\d{1,3})\b/g)].map(([, fd]) => Number(fd))),
  )
  let channel = 3
  while (named.has(channel)) channel += 1
  return channel
}

function outputFor(fd: number): 'inherit' | 'pipe' {
  try {
    const stat = fstatSync(fd)
    return stat.isFIFO() || stat.isSocket() ? 'pipe' : 'inherit'
  } catch {
    return 'inherit'
  }
}

/** Resolves when everything was passed on. A reader that went away is told to the writer in the way of pipes. */
function passOn(from: Readable | null, target: () => NodeJS.WriteStream): Promise<void> {
  if (from === null) return Promise.resolve()
  const to = target()
  to.on('error', () => from.destroy())
  from.pipe(to, { end: false })
  return new Promise((resolve) => {
    from.on('close', resolve)
  })
}

function readLines(stream: Readable, take: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
  stream.on('error', () => undefined)
}
