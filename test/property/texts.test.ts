import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { DeviceReport, InspectReport, RelatedFunction } from '../../src/inspect/document.js'
import { fixturePath, REAL_HOSTS } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'

/*
 * One function has one driver, one group and one verdict for each policy in every sentence of every text, those of the document;
 * a driver that it would have only is told as that.
 */

const SLOW = { timeout: 600_000 }
/** Functions of a host that are asked about one by one. */
const ASKED = 2
const DEMO = fileURLToPath(new URL('../../share/demo.tar.gz', import.meta.url))

/** A message about a function, so that `explain` tells its state. */
const MESSAGE = (address: string) =>
  `vfio ${address}: failed to open /dev/vfio/1: Device or resource busy`

describe('one driver, group and verdict for one address, in words as in documents', SLOW, () => {
  test.each(REAL_HOSTS)('%s', async (name) => {
    const host = hostOf(name)
    const read = async (...argv: readonly string[]) => (await runMain(...argv)).stdout
    const report: InspectReport = JSON.parse(await read('inspect', ...host, '--json'))
    const about = new Map(report.devices.map((device) => [device.address as string, device]))
    const asked = report.devices
      .filter(({ header, driver }) => header === 'normal' && typeof driver === 'string')
      .slice(0, ASKED)
      .map(({ address }) => address)
    const found = complaints(await read('inspect', ...host), about)
    for (const address of asked) {
      const device = about.get(address)
      const own: InspectReport = JSON.parse(await read('inspect', ...host, '--json', address))
      expect(outcomesOf(own.devices[0])).toEqual(outcomesOf(device))
      const texts = [
        await read('inspect', ...host, address),
        await read('report', ...host, address),
        await read('explain', ...host, MESSAGE(address)),
      ]
      // `explain` tells verdicts only where there is a reset.
      for (const text of texts.slice(0, 2)) expect(saidOutcomes(text).size).toBeGreaterThan(0)
      for (const text of texts) {
        found.push(...complaints(text, about), ...otherOutcomes(text, device))
      }
      for (const argv of [['preflight'], ['preflight', '--via=iommufd'], ['reset']] as const) {
        const [command, ...flags] = argv
        found.push(...complaints(await read(command, ...host, ...flags, address), about))
      }
      const html = await read('report', ...host, '--html', '-', address)
      expect(html).toContain('<html')
      found.push(...complaints(html.replace(/<[^>]*>/g, ' '), about))
    }
    // The demo is another machine: all of this one is named by the side that it was on.
    const [, place] = host
    found.push(...complaints(await read('diff', place, place), about))
    found.push(...complaints(await read('diff', DEMO, place), about))
    found.push(...complaints(await read('doctor', ...host), about))
    const rows = await read('export', host[1], '--format=ndjson', '--select=all')
    for (const line of rows.split('\n').filter((each) => each !== '')) {
      const row: Readonly<Record<string, string>> = JSON.parse(line)
      const { group_fds, iommufd, pci_address = '' } = row
      const verdicts = outcomesOf(about.get(pci_address))
      expect([pci_address, group_fds, iommufd]).toEqual([
        pci_address,
        verdicts.get('group-fds') ?? null,
        verdicts.get('iommufd') ?? null,
      ])
    }
    expect(found).toEqual([])
  })
})

test('a text that contradicts the document is found', () => {
  const device = { driver: 'nvme', iommuGroup: 4 } as unknown as RelatedFunction
  const about = new Map([['0000:01:00.0', device]])
  expect(complaints('0000:01:00.0 has no driver.', about)).toHaveLength(1)
  expect(complaints('0000:01:00.0 is bound to\n  vfio-pci now', about)).toHaveLength(1)
  expect(complaints('0000:01:00.0 is in group 5 too', about)).toHaveLength(1)
  expect(complaints('0000:01:00.0 is bound to nvme, in group 4.', about)).toEqual([])
  expect(complaints('permitted, once 0000:01:00.0 is bound to vfio-pci.', about)).toEqual([])
})

test('a text with another verdict than the document is found', () => {
  const text =
    'For a user who takes this function alone, group-fds permits it and iommufd refuses it.'
  expect(Object.fromEntries(saidOutcomes(text))).toEqual({
    'group-fds': new Set(['permitted']),
    iommufd: new Set(['refused']),
  })
  expect(otherOutcomes(text, undefined)).toHaveLength(2)
  expect(otherOutcomes('closure ? cannot tell', undefined)).toHaveLength(1)
  expect(otherOutcomes('| closure | refused | EINVAL |', undefined)).toHaveLength(1)
})

function outcomesOf(device: DeviceReport | undefined): ReadonlyMap<string, string> {
  return new Map(device?.hotReset.verdicts.map(({ policy, outcome }) => [policy, outcome]))
}

const POLICY = /[a-z]+(?:-[a-z]+)*/.source
const OUTCOMES: Readonly<Record<string, string>> = {
  permit: 'permitted',
  permits: 'permitted',
  refuse: 'refused',
  refuses: 'refused',
  'cannot tell': 'undetermined',
  unknown: 'undetermined',
}

/** What a text says of each policy: in the table of `inspect`, in that of `report`, and in sentences. */
function saidOutcomes(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const flowing = text.replace(/\s+/g, ' ')
  const said = new Map<string, Set<string>>()
  const note = (policies: string, outcome: string): void => {
    for (const policy of policies.match(new RegExp(POLICY, 'g')) ?? []) {
      if (policy === 'and') continue
      said.set(policy, (said.get(policy) ?? new Set()).add(OUTCOMES[outcome] ?? outcome))
    }
  }
  const rows = new RegExp(`(${POLICY}) [✓✗?] (permitted|refused|cannot tell)`, 'g')
  for (const [, policy = '', outcome = ''] of flowing.matchAll(rows)) note(policy, outcome)
  const cells = new RegExp(`\\| (${POLICY}) \\| (permitted|refused|cannot tell) \\|`, 'g')
  for (const [, policy = '', outcome = ''] of flowing.matchAll(cells)) note(policy, outcome)
  const [predicted = ''] = /predicted [^.]*\./.exec(flowing) ?? []
  const headlines = new RegExp(`(${POLICY}) (permitted|refused|undetermined)`, 'g')
  for (const [, policy = '', outcome = ''] of predicted.matchAll(headlines)) note(policy, outcome)
  const [, lead = ''] = /takes this function alone, ([^.]*)\./.exec(flowing) ?? []
  const clauses =
    /((?:[a-z]+-[a-z-]+|iommufd)(?:(?:, | and )(?:[a-z]+-[a-z-]+|iommufd))*) (permits?|refuses?) it/g
  for (const [, policies = '', verb = ''] of lead.matchAll(clauses)) note(policies, verb)
  const open = /the answer of ([a-z, -]+?) is (unknown)/.exec(lead)
  if (open !== null) note(open[1] ?? '', open[2] ?? '')
  return said
}

function otherOutcomes(text: string, device: DeviceReport | undefined): readonly string[] {
  const stated = outcomesOf(device)
  return [...saidOutcomes(text)].flatMap(([policy, outcomes]) =>
    [...outcomes]
      .filter((outcome) => outcome !== stated.get(policy))
      .map((outcome) => `${device?.address} ${policy}: ${outcome}, not ${stated.get(policy)}`),
  )
}

function hostOf(name: string): readonly [string, string] {
  const archive = fixturePath(name, 'tree.tar.gz')
  return existsSync(archive) ? ['--capture', archive] : ['--root', fixturePath(name)]
}

const ADDRESS = /[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]/.source

/** Sentences that say of a function what it has now. */
const STATEMENTS: readonly (readonly [RegExp, (device: RelatedFunction) => unknown])[] = [
  [
    // What is only as if is marked by "once".
    new RegExp(`(?<![Oo]nce )(${ADDRESS}) (?:is|stays) bound to ([\\w-]+(?:\\.[\\w-]+)*)`, 'g'),
    ({ driver }) => driver,
  ],
  [new RegExp(`(${ADDRESS}) has no (driver)`, 'g'), ({ driver }) => driver ?? 'driver'],
  [new RegExp(`(${ADDRESS}) is in (?:IOMMU )?group (\\d+)`, 'g'), ({ iommuGroup }) => iommuGroup],
]

function complaints(text: string, about: ReadonlyMap<string, RelatedFunction>): string[] {
  const flowing = text.replace(/\s+/g, ' ')
  return STATEMENTS.flatMap(([pattern, pick]) =>
    [...flowing.matchAll(pattern)].flatMap(([sentence, address = '', said]) => {
      const device = about.get(address)
      if (device === undefined || String(pick(device)) === said) return []
      return [`${sentence}: the document says ${JSON.stringify(pick(device))}`]
    }),
  )
}
