import type { MessagePort } from 'node:worker_threads'
import { type ConfigFile, readConfigFile, type WrapReader } from '../config/config-file.js'
import { recordReads } from '../config/config-record.js'
import type { ConfigSpace } from '../config/config-space.js'
import { createTextReader, readPrefix } from '../tree/attribute-file.js'
import {
  ATTRIBUTE_LIMIT,
  type FilePrefix,
  isFailure,
  type PrefixRequest,
  type ReadFailure,
} from '../tree/tree.js'
import { DONE, GIVEN_UP, type ReaderData, type ReadJob } from './read-protocol.js'

/** How the thread reads; a test puts files in here that never answer. */
export interface FileReaders {
  readonly config: (file: ConfigFile, wrap: WrapReader) => ConfigSpace | ReadFailure
  readonly text: (path: string) => string | ReadFailure
  readonly prefix: (request: PrefixRequest) => FilePrefix | ReadFailure
}

/** A batch leaves when it has this many answers, or is this old, or its records might not take another walk. */
const BATCH_ANSWERS = 256
const BATCH_MS = 200
const RECORDS_SIZE = 131_072
const LONGEST_RECORD = 32_768

/** Answers the jobs that come through `port`: one file after the other, by plain synchronous reads. */
export function serveReads(
  port: MessagePort,
  { shared }: ReaderData,
  readers: FileReaders = createFileReaders(),
): void {
  const state = new Int32Array(shared)
  port.on('message', (job: ReadJob) => {
    const progress = startProgress(state)
    while (progress.done < job.files.length && !progress.isGivenUp()) {
      sendBatch(port, job, progress, readers)
    }
  })
}

function createFileReaders(): FileReaders {
  const readText = createTextReader()
  return {
    config: readConfigFile,
    text: (path) => readText({ path, limit: ATTRIBUTE_LIMIT, isAttribute: false }),
    prefix: readPrefix,
  }
}

function sendBatch(
  port: MessagePort,
  job: ReadJob,
  progress: Progress,
  readers: FileReaders,
): void {
  if (job.kind === 'configs') {
    const records = createRecords(readers)
    const answers = readBatch(job.files, progress, records.add, records.isFull)
    const bytes = records.bytes()
    port.postMessage({ kind: 'configs', answers, records: bytes }, [bytes.buffer])
  } else {
    const answers =
      job.kind === 'texts'
        ? readBatch(job.files, progress, readers.text)
        : readBatch(job.files, progress, readers.prefix)
    port.postMessage({ kind: job.kind, answers })
  }
}

function readBatch<File, Answer>(
  files: readonly File[],
  progress: Progress,
  readOne: (file: File) => Answer,
  isFull = () => false,
): Answer[] {
  const started = performance.now()
  const answers: Answer[] = []
  for (const file of files.slice(progress.done, progress.done + BATCH_ANSWERS)) {
    answers.push(readOne(file))
    progress.advance()
    if (isFull() || performance.now() - started > BATCH_MS || progress.isGivenUp()) break
  }
  return answers
}

/** How far the present job is, told to the other side at every step. */
interface Progress {
  readonly done: number
  advance(): void
  isGivenUp(): boolean
}

function startProgress(state: Int32Array): Progress {
  let done = 0
  Atomics.store(state, DONE, done)
  return {
    get done() {
      return done
    },
    advance() {
      done += 1
      Atomics.store(state, DONE, done)
    },
    isGivenUp: () => Atomics.load(state, GIVEN_UP) !== 0,
  }
}

/** Records of walks, one behind the other in one buffer. */
function createRecords({ config }: FileReaders) {
  const buffer = Buffer.allocUnsafeSlow(RECORDS_SIZE)
  let end = 0
  const keep = (answer: Uint8Array) => {
    end = buffer.writeUInt8(answer.length, end)
    buffer.set(answer, end)
    end += answer.length
  }
  return {
    /** Walks one config space; how many bytes its record has. */
    add(file: ConfigFile): number | ReadFailure {
      const start = end
      const space = config(file, (read, size) => {
        end = buffer.writeUInt32LE(Math.min(size, 0xffff_ffff), start)
        return recordReads(read, keep)
      })
      if (!isFailure(space)) return end - start
      end = start
      return space
    },
    isFull: () => buffer.length - end < LONGEST_RECORD,
    bytes: () => Uint8Array.from(buffer.subarray(0, end)),
  }
}
