import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { writeTar } from '../../src/capture/record/write-tar.js'
import { makeCapture } from '../../src/cli/answers/make-capture.js'
import { readCapture } from '../../src/host/archive/archive-tree.js'
import { createMemoryTree, type MemoryEntry } from '../../src/host/tree/memory-tree.js'
import type { HostFiles } from '../support/host-files.js'
import { readTarGz } from '../support/tar.js'
import { chunks } from './captures.js'
import { entry, HOST, mutated, path } from './fuzz-cases.js'

const RUNS = Number(process.env['FUZZ_COUNT'] ?? 150)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_130)
const TREE = fileURLToPath(
  new URL('../../fixtures/redaction/driver-to-root.tar.gz', import.meta.url),
)

/** What our own reader says of a capture that was made of the tree; null: it takes it. */
async function refusal(files: HostFiles, redact: boolean): Promise<string | null> {
  const tree = createMemoryTree(Object.entries(files), { kind: 'directory', path: 'x' })
  const wish = { wake: false, redact, 'show-redactions': false, for: undefined }
  const { entries } = await makeCapture(tree, wish, '2026-01-01T00:00:00Z')
  const content = await readCapture(chunks(writeTar(entries)), { kind: 'capture', path: 'x' })
  return 'message' in content ? content.message : null
}

/** Links to places that no archive can name, and names that are too long or too deep for one. */
const strange: fc.Arbitrary<readonly [string, MemoryEntry]> = fc.tuple(
  fc.oneof(
    path,
    path.map((at) => `${at}/${'x'.repeat(900)}/${'y'.repeat(200)}`),
    path.map((at) => `${at}${'/d'.repeat(70)}`),
  ),
  fc.oneof(
    entry,
    fc
      .constantFrom('/', '.', './', '//', '../../../..', '../'.repeat(40), '/sys', 'x/'.repeat(600))
      .map((link) => ({ link })),
  ),
)

it('a capture of a tree whose driver leads to its root', async () => {
  const files = readTarGz(readFileSync(TREE))
  expect(await refusal(files, false)).toBeNull()
  expect(await refusal(files, true)).toBeNull()
})

it('a capture of a tree whose configuration spaces are longer than any', async () => {
  const files = { ...HOST }
  for (const at of Object.keys(files).filter((each) => each.endsWith('/config'))) {
    files[at] = new Uint8Array(9000).fill(1)
  }
  expect(await refusal(files, false)).toBeNull()
})

it('what we write we read, whatever the tree', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(strange, { minLength: 1, maxLength: 10 }),
      fc.boolean(),
      async (changes, redact) => {
        expect(await refusal(mutated(changes), redact)).toBeNull()
      },
    ),
    { numRuns: RUNS, seed: SEED },
  )
}, 300_000)
