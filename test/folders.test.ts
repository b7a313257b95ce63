import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

/** More than this nobody takes in at a glance: then a folder wants rooms of its own. */
const MOST_FILES = 40

test('no folder of the sources is too full to be read', () => {
  const counts = new Map<string, number>()
  for (const entry of readdirSync(SRC, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) counts.set(entry.parentPath, (counts.get(entry.parentPath) ?? 0) + 1)
  }
  expect(counts.size).toBeGreaterThan(20)
  expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([])
})
