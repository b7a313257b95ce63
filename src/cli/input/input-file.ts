import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { isatty } from 'node:tty'
import { isFailure } from '../../host/tree/tree.js'
import { watch, watched } from '../../host/watch/watch.js'
import { INPUT_LIMIT } from '../../preflight/inputs/vm-input.js'
import { type ErrorFacts, errnoOf, UsageError } from '../errors.js'
import { isPacked } from './other-input.js'
import { STDIN } from './standard-input.js'

/**
 * The text of a file, or of standard input for `-`; stops as soon as it is seen to be too large. `what`: what is expected in it,
 * `where`: the file in words. Throws a UsageError.
 */
export function readInputFile(file: string, what: string, where: string): string {
  if (file === '-' && isatty(0)) {
    throw new UsageError(`Cannot read the ${what}: standard input is a terminal.`, {
      hint: 'Pipe it in: virsh dumpxml NAME | vfio-reset preflight --libvirt -',
    })
  }
  const failed = (why: string, facts: ErrorFacts = {}) =>
    new UsageError(`Cannot read the ${what} in ${where}: ${why}.`, { path: where, ...facts })
  let bytes: Buffer
  try {
    bytes = readNamed(file, INPUT_LIMIT)
  } catch (error) {
    const errno = errnoOf(error)
    throw failed(fileFailure(errno), { errno, cause: error })
  }
  if (bytes.length > INPUT_LIMIT) {
    const hint = 'Give the description of one VM.'
    throw failed(`it is larger than ${INPUT_LIMIT / 1_048_576} MiB`, { hint })
  }
  if (isPacked(bytes)) {
    const hint = 'A capture of a host goes with --capture FILE.'
    throw failed('it is an archive or compressed', { hint })
  }
  const text = textOf(bytes)
  if (text === null) throw failed('it is no UTF-8 text')
  return text
}

/** UTF-16 as Windows programs write it, with its mark; else UTF-8. */
function textOf(bytes: Uint8Array): string | null {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return utf8Text(bytes)
}

/**
 * What a file holds, or a little more than `limit` bytes of it: enough to see that it is too large. Throws the system's error; one
 * that never answers is ETIMEDOUT.
 */
export function readBounded(file: string, limit: number): Buffer {
  const opened = answerOf(file, () => {
    const fd = openSync(file, OPEN_FLAGS)
    return { fd, stat: fstatSync(fd) }
  })
  const { fd, stat } = opened
  try {
    if (stat.isFile()) return answerOf(file, () => readAll(fd, limit))
    // A pipe waits for whoever writes into it: that is not the file system's doing.
    watch().working()
    return readOnce(file, () => readAll(fd, limit, stat.isFIFO() ? OPENING_PATIENCE_MS : 0))
  } finally {
    closeSync(fd)
  }
}

/** The same of a file, or of standard input for `-`. */
export function readNamed(file: string, limit: number): Buffer {
  return file === STDIN ? readOnce(file, () => readAll(0, limit)) : readBounded(file, limit)
}

/** What comes through a pipe, which gives it once only. */
function readOnce(file: string, read: () => Buffer): Buffer {
  const kept = watch().kept(file)
  if (kept !== undefined) return Buffer.from(kept)
  const bytes = read()
  watch().keep(file, bytes)
  return bytes
}

/** Opening must neither wait for the other end of a FIFO nor make a terminal ours. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY

/** Longest wait for somebody to open the other end of a FIFO, in milliseconds. */
const OPENING_PATIENCE_MS = 5_000

/** What touching a file gives; throws for one that hangs. */
function answerOf<T extends object>(file: string, touch: () => T): T {
  const answer = watched(file, touch)
  if (isFailure(answer)) throw Object.assign(new Error(answer.detail), { code: 'ETIMEDOUT' })
  return answer
}

/** `openingMs`: how long an end before the first byte may mean that nobody writes yet. */
function readAll(fd: number, limit: number, openingMs = 0): Buffer {
  const chunks: Buffer[] = []
  let length = 0
  let waited = 0
  for (;;) {
    const chunk = Buffer.alloc(65_536)
    const read = readPatiently(fd, chunk)
    chunks.push(chunk.subarray(0, read))
    length += read
    if (length > limit || (read === 0 && (length > 0 || openingMs === 0))) break
    if (read > 0) continue
    if (waited >= openingMs) throw Object.assign(new Error('nobody writes'), { code: 'EAGAIN' })
    waited += PIPE_PAUSE_MS
    pause()
  }
  return Buffer.concat(chunks)
}

/** Longest wait for a pipe whose other end has nothing yet, in milliseconds. */
const PIPE_PATIENCE_MS = 10_000
const PIPE_PAUSE_MS = 20

/** Whoever shares a pipe with us may have made it non-blocking: then there is nothing yet, and not an end. */
function readPatiently(fd: number, chunk: Buffer): number {
  for (let waited = 0; ; waited += PIPE_PAUSE_MS) {
    try {
      return readSync(fd, chunk, 0, chunk.length, null)
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN' || waited >= PIPE_PATIENCE_MS) throw error
      pause()
    }
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_PAUSE_MS)
}

/** null: the bytes are no UTF-8. */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** Why a file that the user named could not be read, as the end of a sentence. */
export function fileFailure(errno: string | undefined): string {
  switch (errno) {
    case 'ENOENT':
      return 'it does not exist'
    case 'EACCES':
      return 'permission denied'
    case 'EISDIR':
      return 'it is a folder'
    case 'EAGAIN':
      return 'nothing was given on it'
    case 'ETIMEDOUT':
      return 'it gives no answer'
    default:
      return errno ?? 'unknown error'
  }
}

/**
 * Everything that standard input gives, as text. Somebody may never close the pipe: nothing here has a deadline, and whoever waits
 * for this process gives up.
 */
export async function readText(open: () => Readable, what: string): Promise<string> {
  const kept = watch().kept(STDIN)
  const all = kept === undefined ? await gather(open()) : Buffer.from(kept)
  if (all.length > INPUT_LIMIT) {
    throw new UsageError(`${what} is larger than ${INPUT_LIMIT / 1_048_576} MiB.`)
  }
  if (kept === undefined) watch().keep(STDIN, all)
  return all.toString('utf8')
}

/** All of a stream, or a little more than the limit. */
async function gather(stream: Readable): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    const bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    chunks.push(bytes)
    length += bytes.length
    // Leaving the loop destroys the stream.
    if (length > INPUT_LIMIT) break
  }
  return Buffer.concat(chunks)
}
