import process from 'node:process'
import { runInThisContext } from 'node:vm'
import type { LoneWatch } from '../host/watch/lone-watch.js'
import type { Ending } from './base-command.js'
import { errnoOf, UsageError } from './errors.js'

/** Longest time until the first word is written; and from then on, if this process had a processor for itself. In milliseconds. */
const WORK_MS = 3_000
const WRITING_MS = 9_000

/** A machine that is slower than this is not waited for. */
const MOST_SLOWNESS = 20

export interface LoneWork {
  readonly watch: LoneWatch
  readonly run: () => Promise<Ending>
  readonly ended: (ending: Ending) => void
  /** Nothing was written or done yet, and somebody has to wait for it. */
  readonly handOver: () => void
  readonly failed: (error: UsageError) => void
}

/**
 * Does work in this process that waits for nothing: it is done when this returns. V8 ends what takes too long, from a thread
 * of its own. Not to be called while promises are resolved: those of the work would have to wait for them.
 */
export function runAlone({ watch, run, ended, handOver, failed }: LoneWork): void {
  let isDone = false
  const work = () => {
    void run().then((ending) => {
      isDone = true
      if (!watch.isOver) ended(ending)
    })
  }
  const isInTime = inOneGo(work, WORK_MS)
  if (isDone && !watch.isOver) return
  if (!isInTime || !watch.isAtWriting || watch.isOver) {
    watch.giveUp()
    handOver()
    return
  }
  // Output that its reader does not take at once is written when the event loop says so.
  if (!inOneGo(watch.permit, writingTime(slowness()))) failed(tooLong())
}

/** Whole milliseconds, since V8 takes no others. */
export function writingTime(timesSlower: number): number {
  return Math.ceil(WRITING_MS * timesSlower)
}

/** How many times longer than the processor time it took everything has taken so far: on a busy machine a second is not a second. */
function slowness(): number {
  const { user, system } = process.cpuUsage()
  return Math.min(MOST_SLOWNESS, Math.max(1, (process.uptime() * 1e6) / (user + system)))
}

function tooLong(): UsageError {
  return new UsageError(
    `This costs more than ${WRITING_MS / 1_000} seconds of processor time, so it was ended.`,
    {
      hint: 'No real host or log is like that; if yours is, please report it.',
    },
  )
}

/** How a script finds the step: it is the script that has a time limit. */
const STEP = Symbol.for('vfio-reset.step')

/** Does a step and all that follows from it without waiting; false: it took longer than that, and was ended. */
function inOneGo(step: () => void, ms: number): boolean {
  const drain: unknown = Reflect.get(process, '_tickCallback')
  if (typeof drain !== 'function') return false
  const whole = () => {
    step()
    drain.call(process)
  }
  Object.assign(globalThis, { [STEP]: whole })
  try {
    runInThisContext(`globalThis[Symbol.for(${JSON.stringify(STEP.description)})]()`, {
      timeout: ms,
    })
    return true
  } catch (error) {
    if (errnoOf(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false
    throw error
  } finally {
    Reflect.deleteProperty(globalThis, STEP)
  }
}
