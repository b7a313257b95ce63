import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { OPEN_FLAGS } from './tree/attribute-file.js'
import { failure, failureOf } from './tree/failure.js'
import type { FilePrefix, PrefixRequest, ReadFailure } from './tree/tree.js'

/**
 * Reads the first bytes of a file (`path` is absolute). Sysfs gives a page at once and less where the caller may see less, so
 * an answer that is shorter than wanted does not mean that the file ends there: `size` says it. Can block as long as a reset.
 */
export function readPrefix({ path, length }: PrefixRequest): FilePrefix | ReadFailure {
  let file: number | undefined
  try {
    file = openSync(path, OPEN_FLAGS)
    const stat = fstatSync(file)
    if (!stat.isFile()) return failure('malformed', 'not a regular file')
    const bytes = new Uint8Array(length)
    let end = 0
    for (let count = -1; count !== 0 && end < length; end += count) {
      count = readSync(file, bytes, end, length - end, end)
    }
    return { bytes: bytes.slice(0, end), size: stat.size }
  } catch (error) {
    return failureOf(error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
