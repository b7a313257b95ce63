import { describe, expect, test } from 'vitest'
import { caseFile, fixturePath } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'

describe('a card in place of another', () => {
  const [before, after] = ['before', 'after'].map((side) =>
    caseFile('diff-gpu-swap', `${side}.tar.gz`),
  )

  test('each is named by the side that it was on', async () => {
    const { stdout } = await runMain('diff', '-n', before ?? '', after ?? '')
    const text = stdout.replace(/\s+/g, ' ')
    expect(text).toContain('0000:41:00.0 0300: 10de:2230 replaced by 0300: 10de:2684')
    expect(text).not.toContain('10de:2684 gone')
    expect(text).not.toContain('two different machines')
  })

  test('what is gone for good is named by the side before', async () => {
    const { stdout } = await runMain('diff', '--json', before ?? '', after ?? '')
    const { changes, machine } = JSON.parse(stdout)
    expect(changes.map(({ kind }: { kind: string }) => kind)).toEqual(
      expect.arrayContaining(['function-gone', 'function-added']),
    )
    expect(machine).toMatchObject({ different: false })
  })
})

test('two different machines are called that', async () => {
  const hosts = [caseFile('sideways', 'host.tar.gz'), fixturePath('n100-igpu-vfs', 'tree.tar.gz')]
  const { stdout } = await runMain('diff', '-n', ...hosts)
  expect(stdout.replace(/\s+/g, ' ')).toMatch(
    /These look like two different machines \(\d+ of \d+ functions match\)/,
  )
  expect(stdout).not.toMatch(/gone\.|new, bound/)
})
