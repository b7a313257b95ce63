import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runMain } from '../support/run-main.js'

const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-listing-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function overview(...lines: readonly string[]): Promise<string> {
  const path = join(folder, 'groups.txt')
  writeFileSync(path, `${lines.join('\n')}\n`)
  const { stdout } = await runMain('inspect', '--capture', path)
  return stdout.replace(/\s+/g, ' ')
}

test('devices of a bus that may be a root bus are not for certain reset together', async () => {
  const text = await overview(
    'IOMMU Group 5:',
    '\t6a:01.0 System peripheral [0880]: Intel Corporation DSA [8086:0b25]',
    'IOMMU Group 6:',
    '\t6a:02.0 System peripheral [0880]: Intel Corporation IAX [8086:0cfe]',
    'IOMMU Group 7:',
    '\t00:00.0 Host bridge [0600]: Intel Corporation Device [8086:09a2]',
  )
  expect(text).toContain('one hot reset affects all, unless they are on a root bus')
})

test('functions of one device beyond the first bus are', async () => {
  const text = await overview(
    'IOMMU Group 5:',
    '\t03:00.0 VGA compatible controller [0300]: AMD Navi 21 [1002:73bf]',
    'IOMMU Group 6:',
    '\t03:00.1 Audio device [0403]: AMD Navi 21 [1002:ab28]',
  )
  expect(text).toMatch(/one hot reset affects all\./)
})
