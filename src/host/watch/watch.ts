import { isFailure, type ReadFailure } from '../tree/tree.js'
import type { End, Reserve } from './messages.js'

/**
 * Tells the process that waits for this one how far it is. A file of a live host can hang in the kernel for ever, and a process
 * ends only after its last thread: so nothing here has a deadline, and whoever waits leaves this process behind
 * (`docs/adr/0007-a-process-to-leave-behind.md`).
 */
export interface Watch {
  /** Whether it may take so long that somebody who sees it wants to know why. */
  readonly isSeen: boolean
  /** A path is about to be touched. A failure: it gave no answer before, and is to be left alone. */
  enter(path: string): ReadFailure | null
  /** It was touched. */
  leave(): void
  /** All that is read below this folder is reached without a link out of it. The path is absolute and holds no link. */
  confined(root: string): void
  /** So many functions are about to be read. */
  expect(functions: number): void
  /** What comes next waits for no file. */
  working(): void
  /** From here on something is written or done, so that it cannot be begun anew. Resolves when it may. */
  acting(): Promise<void>
  /** What an earlier process read of a pipe; undefined: nothing, the pipe is as it was. */
  kept(path: string): Uint8Array | undefined
  /** Keeps what came through a pipe, for a process that begins anew. */
  keep(path: string, bytes: Uint8Array): void
  /** What is told should the answer not come. */
  reserve(reserve: Reserve): void
  /** All output is out. */
  end(end: End): void
}

/** Nobody waits: for commands that touch no file that could hang, in tests and in the lab. */
const UNWATCHED: Watch = {
  isSeen: true,
  enter: () => null,
  leave: () => undefined,
  confined: () => undefined,
  expect: () => undefined,
  working: () => undefined,
  acting: async () => undefined,
  kept: () => undefined,
  keep: () => undefined,
  reserve: () => undefined,
  end: () => undefined,
}

/** The one that waits for this process. One a process, like its exit code. */
let present: Watch = UNWATCHED

export function watchBy(watch: Watch): void {
  present = watch
}

export function watch(): Watch {
  return present
}

/** Touches a path that may never answer: every read of a file that is not of this package goes through here. */
export function watched<T>(path: string, touch: () => T): T | ReadFailure {
  const silent = present.enter(path)
  if (silent !== null) return silent
  try {
    return touch()
  } finally {
    present.leave()
  }
}

/** The same for what comes in pieces; throws what `refuse` makes of a path that is to be left alone. */
export async function* watchedChunks(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  refuse: (failed: ReadFailure) => Error,
): AsyncGenerator<Uint8Array> {
  const check = () => {
    const silent = present.enter(path)
    if (isFailure(silent)) throw refuse(silent)
  }
  check()
  for await (const chunk of chunks) {
    present.leave()
    yield chunk
    check()
  }
  present.leave()
}
