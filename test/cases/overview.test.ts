import { describe, expect, test } from 'vitest'
import { caseFile, fixturePath } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'

async function text(...argv: readonly string[]): Promise<string> {
  const { stdout } = await runMain('inspect', '-n', ...argv)
  return stdout.replace(/\s+/g, ' ')
}

describe('a switch whose ports let functions reach each other', () => {
  const host = ['--capture', caseFile('sideways', 'host.tar.gz')] as const

  test('is told once, and beside each function that stands as independent', async () => {
    const overview = await text(...host)
    const told =
      /Below switch 21:00\.0 functions can reach each other without the IOMMU \(22:08\.0, 22:0a\.0/g
    expect(overview.match(told)).toHaveLength(1)
    expect(overview).toMatch(/23:00\.0 .*?reachable sideways/)
  })

  test('has none of them under what is independent', async () => {
    const [before = '', sideways = ''] = (await text(...host)).split(
      'Own IOMMU groups, but others can reach these without passing the IOMMU',
    )
    expect(sideways).toMatch(/ 23:00\.0 /)
    expect(before).not.toMatch(/ 23:00\.0 /)
  })

  test('limits the last answer about a function', async () => {
    expect(await text(...host, '23:00.0')).toContain('Yes, as far as the kernel goes')
  })
})

describe('root ports that lost their quirk', () => {
  const host = ['--capture', caseFile('quirk-lost', 'host.tar.gz')] as const

  test('the actual group is the answer, and what the rules give the comment on it', async () => {
    const told = await text(...host, '0c:00.0')
    expect(told).toContain(
      'not isolated: the kernel put it into one group (29) with 10 others; by its rules it would stand alone if the quirk for 00:1c.4 were active',
    )
    expect(told).not.toContain('Isolation: the IOMMU tells this function from all others')
    expect(await text(...host)).toMatch(/quirk[^.]*not active[^.]*00:1c\.0/)
  })
})

describe('functions of cards', () => {
  const host = ['--capture', fixturePath('raven-cards', 'tree.tar.gz')] as const

  test('are shown whatever their class, all of a card together', async () => {
    const overview = await text(...host)
    for (const address of [
      '06:00.0',
      '06:00.1',
      '01:00.0',
      '01:00.1',
      '01:00.2',
      '01:00.3',
      '01:00.4',
    ]) {
      expect(overview).toContain(` ${address} `)
    }
    expect(overview).not.toContain('chipset')
  })
})

test('functions that share a reset and no group can be split', async () => {
  const { stdout } = await runMain(
    'inspect',
    '-n',
    '--json',
    '--capture',
    fixturePath('amd-x570-rtx3090', 'tree.tar.gz'),
  )
  const { units } = JSON.parse(stdout)
  const kinds = new Set(units.map(({ kind }: { kind: string | null }) => kind))
  expect(kinds).toEqual(new Set(['single', 'group', 'reset']))
  for (const { kind, devices, groups } of units) {
    if (kind === 'reset') expect(groups).toHaveLength(devices.length)
    if (kind === 'group') expect(groups).toHaveLength(1)
  }
})
