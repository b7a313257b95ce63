import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { displayWidth } from '../../src/text/layout.js'
import { runMain } from '../support/run-main.js'

const DEBATE = ['--capture', 'fixtures/scenarios/debate-2023.tar.gz']

describe('policies --compare', () => {
  test('prints the table of docs/debate.md', async () => {
    const { stdout, exitCode } = await runMain('policies', '--compare')
    const page = readFileSync(new URL('../../docs/debate.md', import.meta.url), 'utf8')
    expect(page).toContain(`\`\`\`\n$ vfio-reset policies --compare\n${stdout}\`\`\``)
    expect(exitCode).toBe(0)
  })

  test('has a table that fits 80 columns, with marks that need no colour', async () => {
    const { stdout } = await runMain('policies', '--compare')
    const rows = stdout.split('\n').filter((line) => /^[a-z]+-?[a-z-]* {2}/.test(line))
    expect(rows).toHaveLength(12)
    for (const line of rows) expect(displayWidth(line)).toBeLessThanOrEqual(80)
    expect(rows.join('\n').match(/ \*/g)?.length).toBeGreaterThan(5)
  })

  test('is about DEVICE of a host, and of that alone', async () => {
    const one = await runMain('policies', '--compare', '03:00.0', ...DEBATE, '--json')
    expect(JSON.parse(one.stdout)).toMatchObject({
      kind: 'policies-compare',
      device: '0000:03:00.0',
      sibling: '0000:03:00.1',
    })
    const without = await runMain('policies', '--compare', ...DEBATE)
    expect([without.exitCode, without.stderr]).toEqual([
      2,
      expect.stringContaining('name a DEVICE'),
    ])
    const several = await runMain('policies', '--compare', 'group:11', ...DEBATE)
    expect([several.exitCode, several.stderr]).toEqual([
      2,
      expect.stringContaining('names several'),
    ])
  })

  test('is what a host and a DEVICE go with', async () => {
    for (const words of [['01:00.0'], ['--demo'], DEBATE, ['--kernel', '6.12']]) {
      const { exitCode, stderr } = await runMain('policies', ...words)
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('go with --compare')])
    }
  })
})
