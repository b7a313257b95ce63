import type { ConfigReader } from './config-walk.js'

/** Longest answer that fits into the record; walks read at most 44 bytes at once. */
export const RECORDED_READ_LIMIT = 255

/**
 * Wraps `read` so that every answer is also handed to `keep`. A walk is determined by the answers to its reads: on record
 * as one byte of length and the bytes each, they cross a thread boundary far cheaper than the result of the walk would.
 */
export function recordReads(read: ConfigReader, keep: (answer: Uint8Array) => void): ConfigReader {
  return (offset, length) => {
    const answer = read(offset, Math.min(length, RECORDED_READ_LIMIT))
    keep(answer)
    return answer
  }
}

/** Answers the reads of a walk from its record. */
export function replayReads(record: Buffer): ConfigReader {
  let next = 0
  return () => {
    const length = record.readUInt8(next)
    const answer = record.subarray(next + 1, next + 1 + length)
    next += 1 + length
    return answer
  }
}
