import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { InspectReport, RelatedFunction } from '../../src/inspect/document.js'
import { fixturePath, REAL_HOSTS } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'

/*
 * One function has one driver and one group in every sentence of every text, those of the document; a driver that it would have
 * only is told as that.
 */

const SLOW = { timeout: 600_000 }
/** Functions of a host that are asked about one by one. */
const ASKED = 3

describe('one driver and one group for one address, in words as in the document', SLOW, () => {
  test.each(REAL_HOSTS)('%s', async (name) => {
    const host = hostOf(name)
    const report: InspectReport = JSON.parse((await runMain('inspect', ...host, '--json')).stdout)
    const asked = report.devices
      .filter(({ header, driver }) => header === 'normal' && typeof driver === 'string')
      .slice(0, ASKED)
      .map(({ address }) => address)
    const texts = [await runMain('inspect', ...host)]
    for (const address of asked) {
      texts.push(await runMain('inspect', ...host, address))
      texts.push(await runMain('preflight', ...host, address))
      texts.push(await runMain('reset', ...host, address))
    }
    const about = new Map(report.devices.map((device) => [device.address as string, device]))
    expect(texts.flatMap(({ stdout }) => complaints(stdout, about))).toEqual([])
  })
})

test('a text that contradicts the document is found', () => {
  const device = { driver: 'nvme', iommuGroup: 4 } as unknown as RelatedFunction
  const about = new Map([['0000:01:00.0', device]])
  expect(complaints('0000:01:00.0 has no driver.', about)).toHaveLength(1)
  expect(complaints('0000:01:00.0 is bound to\n  vfio-pci now', about)).toHaveLength(1)
  expect(complaints('0000:01:00.0 is in group 5 too', about)).toHaveLength(1)
  expect(complaints('0000:01:00.0 is bound to nvme, in group 4.', about)).toEqual([])
})

function hostOf(name: string): readonly string[] {
  const archive = fixturePath(name, 'tree.tar.gz')
  return existsSync(archive) ? ['--capture', archive] : ['--root', fixturePath(name)]
}

const ADDRESS = /[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]/.source

/** Sentences that say of a function what it has now. */
const STATEMENTS: readonly (readonly [RegExp, (device: RelatedFunction) => unknown])[] = [
  [
    new RegExp(`(${ADDRESS}) (?:is|stays) bound to ([\\w-]+(?:\\.[\\w-]+)*)`, 'g'),
    ({ driver }) => driver,
  ],
  [new RegExp(`(${ADDRESS}) has no (driver)`, 'g'), ({ driver }) => driver ?? 'driver'],
  [new RegExp(`(${ADDRESS}) is in (?:IOMMU )?group (\\d+)`, 'g'), ({ iommuGroup }) => iommuGroup],
]

function complaints(text: string, about: ReadonlyMap<string, RelatedFunction>): readonly string[] {
  const flowing = text.replace(/\s+/g, ' ')
  return STATEMENTS.flatMap(([pattern, pick]) =>
    [...flowing.matchAll(pattern)].flatMap(([sentence, address = '', said]) => {
      const device = about.get(address)
      if (device === undefined || String(pick(device)) === said) return []
      return [`${sentence}: the document says ${JSON.stringify(pick(device))}`]
    }),
  )
}
