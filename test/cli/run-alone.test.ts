import { expect, it } from 'vitest'
import type { Ending } from '../../src/cli/base-command.js'
import { runAlone, writingTime } from '../../src/cli/run-alone.js'
import { createLoneWatch, type LoneWatch } from '../../src/host/watch/lone-watch.js'

const ENDING: Ending = { exitCode: 0, stuck: false }

/** What becomes of work: it is told when the call returns. Tests run while promises are resolved; work does not begin there. */
function outcomeOf(run: (watch: LoneWatch) => Promise<Ending>): Promise<string[]> {
  return new Promise((resolve) => setImmediate(() => resolve(outcomeNow(run))))
}

function outcomeNow(run: (watch: LoneWatch) => Promise<Ending>): string[] {
  const told: string[] = []
  const watch = createLoneWatch({
    steadyPaths: () => ({ isSteady: () => false, isSteadyTree: () => false }),
    kept: [],
    mebibytes: () => 0,
    expectMany: () => undefined,
  })
  runAlone({
    watch,
    run: () => run(watch),
    ended: () => told.push('ended'),
    handOver: () => told.push('handed over'),
    failed: () => told.push('failed'),
  })
  return told
}

it('does what waits for nothing before it returns, promises and all', async () => {
  const steps: string[] = []
  const told = await outcomeOf(async (watch) => {
    steps.push('work')
    await Promise.resolve()
    await watch.acting()
    steps.push('write')
    return ENDING
  })
  expect([steps, told]).toEqual([['work', 'write'], ['ended']])
})

it('hands over what waits', async () => {
  const forever = new Promise<void>(() => undefined)
  expect(await outcomeOf(() => forever.then(() => ENDING))).toEqual(['handed over'])
})

it('hands over what comes to a path that may hang, whoever catches the error', async () => {
  const told = await outcomeOf(async (watch) => {
    try {
      watch.enter('/sys')
    } catch {
      // As a reader of files that may be missing.
    }
    return ENDING
  })
  expect(told).toEqual(['handed over'])
})

it('hands over what takes too long, in whichever promise', { timeout: 60_000 }, async () => {
  const told = await outcomeOf(async () => {
    await Promise.resolve()
    for (;;) await Promise.resolve()
  })
  expect(told).toEqual(['handed over'])
})

it('writes with whole milliseconds, however slow the machine was', () => {
  const times = [1, 1.0001, 1.691_600_078_429, 19.999, 20].map(writingTime)
  expect(times.map(Number.isInteger)).toEqual([true, true, true, true, true])
  expect(times[0]).toBe(9_000)
})
