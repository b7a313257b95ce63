import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { expect, test } from 'vitest'
import { costOf } from '../../src/supervisor/cost.js'

test('a process costs what it says of itself', () => {
  const { user, system } = process.cpuUsage()
  const cost = costOf(process.pid)
  expect(cost?.isRunning).toBe(true)
  // The kernel counts in hundredths of a second, and goes on counting.
  expect(cost?.seconds).toBeGreaterThan((user + system) / 1e6 - 0.1)
  const { rss } = process.memoryUsage()
  expect(Number(cost?.mebibytes) / (rss / 1_048_576)).toBeCloseTo(1, 0)
})

test('one that is gone costs nothing that could be told', () => {
  const { pid } = spawnSync('true')
  expect(costOf(pid)).toBeNull()
})
