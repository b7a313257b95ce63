import { Worker } from 'node:worker_threads'
import { createConfigDecoder } from '../config/config-decoder.js'
import type { ConfigFile } from '../config/config-file.js'
import type { ConfigSpace } from '../config/config-space.js'
import { failure } from '../tree/failure.js'
import type { FilePrefix, PrefixRequest, ReadFailure } from '../tree/tree.js'
import {
  DONE,
  GIVEN_UP,
  type ReadBatch,
  type ReaderData,
  type ReadJob,
  SHARED_BYTES,
} from './read-protocol.js'

/** Reads files that may never answer. One answer a file, in the same order. */
export interface BlockingReader {
  readConfigs(files: readonly ConfigFile[]): Promise<readonly (ConfigSpace | ReadFailure)[]>
  /** `paths`: absolute. */
  readTexts(paths: readonly string[]): Promise<readonly (string | ReadFailure)[]>
  /** Absolute paths again. */
  readPrefixes(files: readonly PrefixRequest[]): Promise<readonly (FilePrefix | ReadFailure)[]>
  /** A read hangs in the kernel: a normal end of the process would wait for it. */
  readonly stuck: boolean
  close(): void
}

export interface DeadlineOptions {
  /** Script of the thread: `config-worker.ts`, bundled. */
  readonly workerFile: string
  /** Longest time that one file may take. */
  readonly deadlineMs: number
}

/** Threads that may get stuck; what is left after the last one counts as timed out unread. */
const THREAD_LIMIT = 4

/**
 * Reads in a thread of its own, so that a file which never answers costs a deadline and not the tool: it is `timeout`, and
 * another thread goes on behind it. The first thread starts at once and comes up while the caller does something else.
 */
export function startDeadlineReader({ workerFile, deadlineMs }: DeadlineOptions): BlockingReader {
  let stuckThreads = 0
  let thread: Thread | undefined = startThread(workerFile)
  let last: Promise<unknown> = Promise.resolve()
  const configs = configKind()

  async function readAll<File, Answer>(
    files: readonly File[],
    kind: JobKind<File, Answer>,
  ): Promise<(Answer | ReadFailure)[]> {
    const answers: (Answer | ReadFailure)[] = []
    while (answers.length < files.length) {
      if (stuckThreads === THREAD_LIMIT) {
        answers.push(failure('timeout', `not read: ${THREAD_LIMIT} reads hang already`))
        continue
      }
      thread ??= startThread(workerFile)
      const rest = files.slice(answers.length)
      const { got, lost } = await runJob(thread, rest, kind, deadlineMs)
      for (const answer of got) answers.push(answer)
      if (lost === null) continue
      stuckThreads += 1
      Atomics.store(thread.state, GIVEN_UP, 1)
      thread = undefined
      const again = await readAll(rest.slice(got.length, got.length + lost), kind)
      answers.push(...again, failure('timeout', `no answer in ${deadlineMs} ms`))
    }
    return answers
  }

  function inTurn<File, Answer>(files: readonly File[], kind: JobKind<File, Answer>) {
    const answers = last.then(() => readAll(files, kind))
    last = answers.catch(() => undefined)
    return answers
  }

  return {
    readConfigs: (files) => inTurn(files, configs),
    readTexts: (paths) => inTurn(paths, TEXTS),
    readPrefixes: (files) => inTurn(files, PREFIXES),
    get stuck() {
      return stuckThreads > 0
    },
    close() {
      void thread?.worker.terminate()
      thread = undefined
    },
  }
}

/** How files of one kind are put to the thread, and what its answers mean. */
interface JobKind<File, Answer> {
  readonly job: (files: readonly File[]) => ReadJob
  /** Answers of one batch; `files` starts with the file that its first answer belongs to. */
  readonly decode: (batch: ReadBatch, files: readonly File[]) => readonly (Answer | ReadFailure)[]
}

function configKind(): JobKind<ConfigFile, ConfigSpace> {
  const decode = createConfigDecoder()
  return {
    job: (files) => ({ kind: 'configs', files }),
    decode: (batch, files) => (batch.kind === 'configs' ? decode(batch, files) : []),
  }
}

const TEXTS: JobKind<string, string> = {
  job: (files) => ({ kind: 'texts', files }),
  decode: (batch) => (batch.kind === 'texts' ? batch.answers : []),
}

const PREFIXES: JobKind<PrefixRequest, FilePrefix> = {
  job: (files) => ({ kind: 'prefixes', files }),
  decode: (batch) => (batch.kind === 'prefixes' ? batch.answers : []),
}

interface Thread {
  readonly worker: Worker
  /** The two numbers of `read-protocol.ts`. */
  readonly state: Int32Array
  /** Rejects when the thread dies, which is a bug. */
  readonly died: Promise<never>
}

function startThread(workerFile: string): Thread {
  const shared = new SharedArrayBuffer(SHARED_BYTES)
  const workerData: ReaderData = { shared }
  const worker = new Worker(workerFile, { workerData, env: {}, execArgv: [] })
  const died = new Promise<never>((_, reject) => worker.on('error', reject))
  // Told to whoever waits for a job; while nobody does, it must not end the process.
  died.catch(() => undefined)
  worker.unref()
  return { worker, state: new Int32Array(shared), died }
}

interface Outcome<Answer> {
  readonly got: readonly Answer[]
  /**
   * null: the job is done. Otherwise the thread hangs, and that many files before the one it hangs in were read, but their
   * answers are lost with it.
   */
  readonly lost: number | null
}

async function runJob<File, Answer>(
  { worker, state, died }: Thread,
  files: readonly File[],
  kind: JobKind<File, Answer>,
  deadlineMs: number,
): Promise<Outcome<Answer | ReadFailure>> {
  const got: (Answer | ReadFailure)[] = []
  Atomics.store(state, DONE, -1)
  worker.ref()
  const finished = new Promise<null>((resolve) => {
    worker.on('message', (batch: ReadBatch) => {
      for (const answer of kind.decode(batch, files.slice(got.length))) got.push(answer)
      if (got.length === files.length) resolve(null)
    })
  })
  worker.postMessage(kind.job(files))
  const watch = watchProgress(state, files.length, deadlineMs)
  try {
    const done = await Promise.race([finished, watch.hang, died])
    return { got, lost: done === null ? null : done - got.length }
  } finally {
    watch.stop()
    worker.removeAllListeners('message')
    worker.unref()
  }
}

/**
 * Resolves with the number of files done when that number has stood still for the deadline. Only looks count, so time in
 * which this thread itself was busy does not; neither does a thread that is not up yet, or one that is through.
 */
function watchProgress(state: Int32Array, files: number, deadlineMs: number) {
  const interval = Math.max(1, Math.ceil(deadlineMs / 20))
  let seen = -1
  let looks = 0
  let timer: NodeJS.Timeout | undefined
  const hang = new Promise<number>((resolve) => {
    timer = setInterval(() => {
      const done = Atomics.load(state, DONE)
      looks = done === seen && done >= 0 && done < files ? looks + 1 : 0
      seen = done
      if (looks * interval >= deadlineMs) resolve(done)
    }, interval)
  })
  return { hang, stop: () => clearInterval(timer) }
}
