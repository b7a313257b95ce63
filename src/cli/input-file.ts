import { closeSync, openSync, readSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { isatty } from 'node:tty'
import { INPUT_LIMIT } from '../preflight/inputs/vm-input.js'
import { UsageError } from './errors.js'

/**
 * The text of a file, or of standard input for `-`; stops as soon as it is seen to be too large. `what`: what is expected in it,
 * `where`: the file in words. Throws a UsageError.
 */
export function readInputFile(file: string, what: string, where: string): string {
  let fd: number | undefined
  try {
    if (file === '-' && isatty(0)) throw nothingGiven(what)
    fd = file === '-' ? 0 : openSync(file, 'r')
    const bytes = readAll(fd)
    if (bytes.length > INPUT_LIMIT) throw tooLarge(what, where)
    return decoded(bytes, what, where)
  } catch (error) {
    throw error instanceof UsageError ? error : unreadable(what, where, error)
  } finally {
    if (fd !== undefined && fd !== 0) closeSync(fd)
  }
}

function readAll(fd: number): Buffer {
  const chunks: Buffer[] = []
  let length = 0
  for (let read = -1; read !== 0 && length <= INPUT_LIMIT; length += read) {
    const chunk = Buffer.alloc(65_536)
    read = readPatiently(fd, chunk)
    chunks.push(chunk.subarray(0, read))
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
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_PAUSE_MS)
    }
  }
}

function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

function nothingGiven(what: string): UsageError {
  return new UsageError(`Cannot read the ${what}: standard input is a terminal.`, {
    hint: 'Pipe it in: virsh dumpxml NAME | vfio-reset preflight --libvirt -',
  })
}

function unreadable(what: string, where: string, error: unknown): UsageError {
  const errno = errnoOf(error)
  return new UsageError(`Cannot read the ${what} in ${where}: ${fileFailure(errno)}.`, {
    path: where,
    errno,
    cause: error,
  })
}

function tooLarge(what: string, where: string): UsageError {
  return new UsageError(
    `Cannot read the ${what} in ${where}: it is larger than ${INPUT_LIMIT / 1_048_576} MiB.`,
    { path: where, hint: 'Give the description of one VM.' },
  )
}

function decoded(bytes: Uint8Array, what: string, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`Cannot read the ${what} in ${where}: it is no UTF-8 text.`, {
      path: where,
    })
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
    default:
      return errno ?? 'unknown error'
  }
}

/**
 * Everything that a stream gives, as text. Unlike a synchronous read it can be given up when it takes too long: the other
 * end may be a file system in user space, or somebody who never closes the pipe.
 */
export async function readText(stream: Readable, what: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    const bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    length += bytes.length
    if (length > INPUT_LIMIT) {
      stream.destroy()
      throw new UsageError(`${what} is larger than ${INPUT_LIMIT / 1_048_576} MiB.`)
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}
