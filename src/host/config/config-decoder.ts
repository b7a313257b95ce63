import { type ConfigBatch, RECORD_HEADER } from '../thread/read-protocol.js'
import { failure } from '../tree/failure.js'
import { isFailure, type ReadFailure } from '../tree/tree.js'
import type { ConfigFile } from './config-file.js'
import { replayReads } from './config-record.js'
import type { ConfigSpace } from './config-space.js'
import { walkConfig } from './config-walk.js'

/** Config spaces of one batch of the reading thread; `files` starts with the one that its first answer belongs to. */
export type ConfigDecoder = (
  batch: ConfigBatch,
  files: readonly ConfigFile[],
) => readonly (ConfigSpace | ReadFailure)[]

/** Records that are kept to be shared: far more than a host has models of functions. */
const SHARED_RECORDS = 4096

/**
 * Repeats the walks that the thread recorded. Functions of one model often answer all reads alike: equal records give the same
 * object, so a host with thousands of functions holds few of them.
 */
export function createConfigDecoder(): ConfigDecoder {
  const shared = new Map<string, ConfigSpace>()

  function decode(record: Buffer, file: ConfigFile): ConfigSpace | ReadFailure {
    const key = `${file.isKernels} ${record.toString('latin1')}`
    const same = shared.get(key)
    if (same !== undefined) return same
    const space = replay(record, file)
    if (!isFailure(space) && shared.size < SHARED_RECORDS) shared.set(key, space)
    return space
  }

  return ({ answers, records }, files) => {
    const bytes = Buffer.from(records.buffer, records.byteOffset, records.byteLength)
    let end = 0
    return answers.map((answer, index) => {
      if (typeof answer !== 'number') return answer
      const start = end
      end += answer
      const file = files[index]
      if (file === undefined) return failure('failed', 'an answer without a question')
      return decode(bytes.subarray(start, end), file)
    })
  }
}

function replay(record: Buffer, file: ConfigFile): ConfigSpace | ReadFailure {
  const read = replayReads(record.subarray(RECORD_HEADER))
  const size = record.readUInt32LE(0)
  return walkConfig(read, { size, sizeIsKernels: file.isKernels })
}
