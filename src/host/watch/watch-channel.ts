import { readSync, writeSync } from 'node:fs'
import { encodeMessage, type KeptInput, type Message, type Wish } from './messages.js'
import { createSilence } from './silent-paths.js'
import type { Watch } from './watch.js'

/** A sign of life at most this often, in milliseconds, and after this many paths: the clock costs something too. */
const BEAT_MS = 50
const BEAT_PATHS = 16

/** The watch that writes to a pipe which this process was given. */
export function openWatchChannel(file: number, wish: Wish): Watch {
  const say = (message: Message) => {
    try {
      writeSync(file, encodeMessage(message))
    } catch {
      // Whoever waited has gone: there is nobody left to tell.
    }
  }
  const silence = createSilence(wish)
  const kept = new Map(readKept(file, wish.keptLength).map((each) => [each.path, each.base64]))
  const working = { kind: 'working' } as const
  const common = {
    isSeen: true,
    confined: () => undefined,
    expect: () => undefined,
    acting: async () => say({ kind: 'acting' }),
    kept(path) {
      const base64 = kept.get(path)
      return base64 === undefined ? undefined : Buffer.from(base64, 'base64')
    },
    keep: (path, bytes) =>
      say({ kind: 'keep', kept: { path, base64: Buffer.from(bytes).toString('base64') } }),
    reserve: (reserve) => say({ kind: 'reserve', reserve }),
    end: (end) => say({ kind: 'end', end }),
  } satisfies Partial<Watch>
  if (wish.careful) {
    return {
      ...common,
      enter(path) {
        const silent = silence(path)
        if (silent === null) say({ kind: 'enter', path })
        return silent
      },
      leave: () => say(working),
      working: () => say(working),
    }
  }
  const beat = createBeat(say)
  return {
    ...common,
    enter(path) {
      beat.reading()
      return silence(path)
    },
    leave: () => undefined,
    working() {
      beat.rest()
      say(working)
    },
  }
}

function readKept(file: number, length: number): readonly KeptInput[] {
  if (length === 0) return []
  const bytes = Buffer.alloc(length)
  for (let read = 0; read < length; ) read += readSync(file, bytes, read, length - read, null)
  return JSON.parse(bytes.toString('utf8'))
}

function createBeat(say: (message: Message) => void) {
  let isReading = false
  let paths = 0
  let last = 0
  return {
    reading(): void {
      paths += 1
      if (isReading && paths < BEAT_PATHS) return
      paths = 0
      const now = performance.now()
      if (isReading && now - last < BEAT_MS) return
      isReading = true
      last = now
      say({ kind: 'reading' })
    },
    rest(): void {
      isReading = false
    },
  }
}
