import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { startProgress } from '../../../src/cli/output/progress.js'

/** A stream that takes cursor commands as a terminal does, and a clock that stands still until it is set. */
function setUp(isTerminal: boolean) {
  const clock = { ms: 1000 }
  const accept = () => true
  const stream = Object.assign(new PassThrough(), {
    isTTY: isTerminal,
    columns: 80,
    clearLine: accept,
    cursorTo: accept,
    moveCursor: accept,
  })
  const progress = startProgress({ stream, isTerminal, now: () => clock.ms })
  return { clock, progress, written: () => String(stream.read() ?? '') }
}

it('shows nothing while the work is quick', async () => {
  const { clock, progress, written } = setUp(true)
  clock.ms += 399
  await progress.phase('reading functions')
  progress.stop()
  expect(written()).toBe('')
})

it('says on a terminal what takes so long', async () => {
  const { clock, progress, written } = setUp(true)
  clock.ms += 400
  await progress.phase('reading functions')
  expect(written()).toContain('reading functions')
  await progress.phase('reading groups')
  expect(written()).toContain('reading groups')
  progress.stop()
})

it('shows nothing once it was stopped', async () => {
  const { clock, progress, written } = setUp(true)
  clock.ms += 400
  progress.stop()
  await progress.phase('reading functions')
  expect(written()).toBe('')
})

it('shows nothing where stderr is no terminal', async () => {
  const { clock, progress, written } = setUp(false)
  clock.ms += 5000
  await progress.phase('reading functions')
  progress.stop()
  expect(written()).toBe('')
})
