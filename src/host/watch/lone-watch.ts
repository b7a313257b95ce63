import type { KeptInput } from './messages.js'
import type { SteadyPaths } from './steady-paths.js'
import type { Watch } from './watch.js'

/** Thrown where work that nobody waits for comes to something that needs it. Until then nothing was written or done. */
export class HandOver extends Error {
  override readonly name = 'HandOver'
}

/** The watch of a process that works alone, and what its owner decides. */
export interface LoneWatch extends Watch {
  /** It has come to something that another process must wait for, or has been given up: it does nothing any more. */
  readonly isOver: boolean
  /** It would write now, and waits for `permit`. */
  readonly isAtWriting: boolean
  permit(): void
  giveUp(): void
}

export interface LoneOptions {
  /** Asked for when the first path is touched. */
  readonly steadyPaths: () => SteadyPaths
  /** What standard input held. */
  readonly kept: readonly KeptInput[]
  /** Memory of this process in MiB. */
  readonly mebibytes: () => number
  /** Called when there are many functions, before they are read. */
  readonly expectMany: () => void
}

/** More functions are another process's work: what that one costs does not show then, and neither does its end. */
const MOST_FUNCTIONS = 2_048

/** As many that it pays to say so. */
const MANY_FUNCTIONS = 128

/** Most memory while reading, in MiB, and after how many paths it is looked at. */
const MOST_MEBIBYTES = 400
const LOOK_PATHS = 512

/**
 * For work that is done without anybody who waits for it: only paths that cannot hang are touched, nothing that is still to come
 * is waited for, and the first thing that is written waits for whoever looks at the time it took.
 */
export function createLoneWatch({
  steadyPaths,
  kept,
  mebibytes,
  expectMany,
}: LoneOptions): LoneWatch {
  const inputs = new Map(kept.map(({ path, base64 }) => [path, base64]))
  const trees: string[] = []
  let steady: SteadyPaths | undefined
  let paths = 0
  let isOver = false
  let isPermitted = false
  let isAtWriting = false
  let permit = (): void => undefined
  const permitted = new Promise<void>((resolve) => {
    permit = resolve
  })

  function handOver(): never {
    isOver = true
    throw new HandOver('somebody has to wait for this')
  }

  function isHeavy(): boolean {
    paths += 1
    return paths % LOOK_PATHS === 0 && mebibytes() > MOST_MEBIBYTES
  }

  return {
    get isOver() {
      return isOver
    },
    get isAtWriting() {
      return isAtWriting && !isPermitted
    },
    permit() {
      isPermitted = true
      permit()
    },
    giveUp() {
      isOver = true
    },
    isSeen: false,
    enter(path) {
      if (isOver || isHeavy()) handOver()
      if (trees.some((tree) => path.startsWith(tree))) return null
      steady ??= steadyPaths()
      return steady.isSteady(path) ? null : handOver()
    },
    leave: () => undefined,
    confined(root) {
      steady ??= steadyPaths()
      if (!steady.isSteadyTree(root)) handOver()
      trees.push(`${root}/`)
    },
    expect(functions) {
      if (functions > MOST_FUNCTIONS) handOver()
      if (functions > MANY_FUNCTIONS) expectMany()
    },
    working: () => undefined,
    async acting() {
      if (isOver) handOver()
      isAtWriting = true
      await permitted
    },
    kept(path) {
      const base64 = inputs.get(path)
      return base64 === undefined ? handOver() : Buffer.from(base64, 'base64')
    },
    keep: () => undefined,
    reserve: () => undefined,
    end: () => undefined,
  }
}
