import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { watch } from '../watch/watch.js'
import { failure, failureOf } from './failure.js'
import { ATTRIBUTE_LIMIT, type FilePrefix, type PrefixRequest, type ReadFailure } from './tree.js'

/**
 * How every file is opened: never for writing, never waiting for the other end of a FIFO, never through a link that takes
 * the place of the file. libuv adds O_CLOEXEC.
 */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

/** Opens a file for `use`, and closes it whatever comes. Can block for as long as a function is being reset, or for ever. */
function withFile<T>(
  path: string,
  use: (file: number) => T,
  flags: number = OPEN_FLAGS,
): T | ReadFailure {
  const silent = watch().enter(path)
  if (silent !== null) return silent
  let file = -1
  try {
    file = openSync(path, flags)
    return use(file)
  } catch (error) {
    return failureOf(error)
  } finally {
    if (file >= 0) closeSync(file)
    watch().leave()
  }
}

/** The same for what has a size: whatever is no regular file is `malformed`. */
export function withRegularFile<T>(
  path: string,
  use: (file: number, size: number, isKernels: boolean) => T | ReadFailure,
  flags: number = OPEN_FLAGS,
): T | ReadFailure {
  const look = (file: number) => {
    const stat = fstatSync(file)
    // Files of sysfs and procfs take no place on any disk.
    const isKernels = stat.blocks === 0
    return stat.isFile()
      ? use(file, stat.size, isKernels)
      : failure('malformed', 'not a regular file')
  }
  return withFile<T | ReadFailure>(path, look, flags)
}

export interface TextRequest {
  /** Absolute path. */
  readonly path: string
  /** Longest text that is taken, in bytes. */
  readonly limit: number
  /**
   * The file is an attribute of sysfs or a copy of one: its whole text comes with the first read (`sysfs_kf_seq_show`). Files
   * of procfs come in pieces.
   */
  readonly isAttribute: boolean
  /** It is read from its beginning (`pread`): what has none, a FIFO, fails. */
  readonly isUnseen: boolean
}

export type TextReader = (request: TextRequest) => string | ReadFailure

/** A reader of small text files with a buffer of its own: one open, one or two reads, one close; nothing is allocated. */
export function createTextReader(): TextReader {
  const buffer = Buffer.allocUnsafeSlow(ATTRIBUTE_LIMIT + 1)
  return (request) => {
    const { limit } = request
    const target = limit < buffer.length ? buffer : Buffer.allocUnsafeSlow(limit + 1)
    const length = readInto(target, request)
    if (typeof length !== 'number') return length
    if (length > limit) return failure('truncated', `longer than ${limit} bytes`)
    return textOf(target, length)
  }
}

/** Text in the first `length` bytes, without its trailing newline. */
export function textOf(bytes: Buffer, length: number): string {
  return bytes.toString('utf8', 0, bytes[length - 1] === 0x0a ? length - 1 : length)
}

/** Written out, without `withFile`: it is done for every attribute of every function. */
function readInto(
  target: Buffer,
  { path, limit, isAttribute, isUnseen }: TextRequest,
): number | ReadFailure {
  const present = watch()
  const silent = present.enter(path)
  if (silent !== null) return silent
  let file = -1
  let length = 0
  try {
    file = openSync(path, OPEN_FLAGS)
    while (length <= limit) {
      const count = readSync(file, target, length, limit + 1 - length, isUnseen ? length : null)
      length += count
      if (count === 0 || isAttribute) break
    }
    return length
  } catch (error) {
    return failureOf(error)
  } finally {
    if (file >= 0) closeSync(file)
    present.leave()
  }
}

/**
 * Reads the first bytes of a file (`path` is absolute). Sysfs gives a page at once and less where the caller may see less, so
 * an answer that is shorter than wanted does not mean that the file ends there: `size` says it.
 */
export function readPrefix({ path, length }: PrefixRequest): FilePrefix | ReadFailure {
  return withRegularFile(path, (file, size) => {
    const bytes = new Uint8Array(length)
    let end = 0
    for (let count = -1; count !== 0 && end < length; end += count) {
      count = readSync(file, bytes, end, length - end, end)
    }
    return { bytes: bytes.slice(0, end), size }
  })
}
