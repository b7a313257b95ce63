import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, it } from 'vitest'

const FUZZ = fileURLToPath(new URL('../../scripts/fuzz.mjs', import.meta.url))

/** A sample of what `npm run fuzz` does at length: a few cases of each kind, always the same. */
it('hostile inputs of every kind find nothing', async () => {
  const { stdout, exitCode } = await execa(
    process.execPath,
    [FUZZ, '--count', '90', '--seed', '20261130'],
    { reject: false },
  )
  expect(stdout).toContain('found 0')
  expect(exitCode).toBe(0)
}, 600_000)
