import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CHANGE_WORDS } from '../../src/diff/report/change-words.js'
import { fixturePath } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'
import { schemaErrors } from '../support/schema.js'

const OLDER = fixturePath('lab-ports-6.1', 'sysfs-boot.tar.gz')
const NEWER = fixturePath('lab-ports-c6.12', 'sysfs-s0.tar.gz')
const OTHER = fixturePath('lab-slots-c7.3', 'sysfs-boot.tar.gz')

test.each([
  ['two kernels', OLDER, NEWER],
  ['two machines', OLDER, OTHER],
  ['a machine without groups', fixturePath('amd-x570-rtx3090', 'tree.tar.gz'), OTHER],
])('diff of %s fits its schema', async (_, before, after) => {
  const { stdout } = await runMain('diff', before, after, '--json')
  const document = JSON.parse(stdout)
  expect(schemaErrors('diff', document)).toEqual([])
  expect(document.changes.length).toBeGreaterThan(0)
  for (const { kind } of document.changes) expect(Object.keys(CHANGE_WORDS)).toContain(kind)
})

test('capture fits its schema', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-schema-'))
  const file = join(folder, 'host.tgz')
  const { stdout } = await runMain('capture', '--capture', OTHER, '--redact', '-o', file, '--json')
  rmSync(folder, { recursive: true })
  expect(schemaErrors('capture', JSON.parse(stdout))).toEqual([])
})
