import { describe, expect, it } from 'vitest'
import { COLUMNS } from '../../src/export/row.js'
import { rowsOf } from '../../src/export/rows.js'
import { loadFixture, REAL_HOSTS } from '../support/fixtures.js'
import type { HostSpec } from '../support/host-spec.js'
import { GPU, IDS, TWO_GROUPS } from '../support/hosts.js'
import { analysed, exportOf, exportOfRaw, written } from './export-of.js'

const HOSTILE = 'a"b\\c\nd\u001b[2J\u202e,;='

/** Samples of the text format, read back as its parser reads them. */
function samplesOf(text: string) {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const match = /^(\w+)(?:\{((?:\w+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (-?[\d.e+]+)$/.exec(line)
      if (match === null) throw new Error(`no sample: ${line}`)
      const [, name = '', labels = '', value] = match
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, quoted]) => [
        key,
        (quoted ?? '').replace(/\\(.)/g, (_, each) => (each === 'n' ? '\n' : each)),
      ])
      return { name, labels: Object.fromEntries(pairs), value: Number(value) }
    })
}

/** Fields of CSV, as RFC 4180 reads them. */
function csvOf(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    )
}

describe('prometheus', () => {
  it('has the samples of a metric together, each once, under one header, whatever the hosts', async () => {
    const hosts = [await exportOf(GPU), await exportOf(TWO_GROUPS, { called: 'node2' })]
    const text = written('prometheus', hosts, { hostNames: 'each', expiresAt: null })
    const names = samplesOf(text).map(({ name }) => name)
    const runs = names.filter((name, place) => name !== names[place - 1])
    expect(new Set(runs).size).toBe(runs.length)
    expect(text.match(/# TYPE \w+ gauge/g)).toHaveLength(runs.length)
    const keys = samplesOf(text).map(({ name, labels }) => JSON.stringify([name, labels]))
    expect(new Set(keys).size).toBe(keys.length)
    expect(new Set(samplesOf(text).map(({ labels }) => labels['host']))).toEqual(
      new Set(['node1', 'node2']),
    )
  })

  it('says what it says of a GPU', async () => {
    const samples = samplesOf(written('prometheus', [await exportOf(GPU)]))
    const of = (name: string) =>
      samples.filter(
        (each) =>
          each.name === `vfio_reset_${name}` && /65:00.0$/.test(each.labels['pci_address'] ?? ''),
      )
    expect(of('function_info')[0]?.labels).toEqual({
      pci_address: '0000:65:00.0',
      segment: '0000',
      bus: '65',
      device: '00',
      function: '0',
      vendor_id: '0x10de',
      device_id: '0x2204',
      class_id: '0x030000',
      driver: 'vfio-pci',
      iommu_group: '14',
    })
    expect(of('affected_functions')[0]?.value).toBe(2)
    const verdicts = of('verdict').map(({ labels, value }) => [
      labels['policy'],
      labels['outcome'],
      value,
    ])
    expect(verdicts).toContainEqual(['group-fds', 'refused', 1])
    expect(verdicts).toContainEqual(['group-fds', 'permitted', 0])
    expect(of('blockers').map(({ labels, value }) => [labels['kind'], value])).toEqual([
      ['foreign-driver', 1],
    ])
  })

  it('has no sample for what is unknown, and none of a rule that the kernel does not have', async () => {
    const old: HostSpec = { ...GPU, kernel: '6.1.170', dev: false }
    const samples = samplesOf(written('prometheus', [await exportOf(old)]))
    const policies = samples.flatMap(({ labels }) => labels['policy'] ?? [])
    expect(new Set(policies)).toEqual(new Set(['group-fds']))
    expect(samples.filter(({ name }) => name === 'vfio_reset_held')).toEqual([])
  })

  it('counts changes since the baseline, also those that did not happen', async () => {
    const same = samplesOf(
      written('prometheus', [await exportOf(GPU, { baseline: await analysed(GPU) })]),
    )
    const changes = same.filter(({ name }) => name === 'vfio_reset_baseline_changes')
    expect(changes.length).toBeGreaterThan(10)
    expect(changes.every(({ value }) => value === 0)).toBe(true)
    const other = samplesOf(
      written('prometheus', [await exportOf(GPU, { baseline: await analysed(TWO_GROUPS) })]),
    )
    expect(
      other.some(({ name, value }) => name === 'vfio_reset_baseline_changes' && value > 0),
    ).toBe(true)
  })

  it('escapes what hosts say', async () => {
    const host = await exportOf(GPU, { called: HOSTILE })
    const text = written('prometheus', [host], { hostNames: 'each', expiresAt: null })
    expect(samplesOf(text)[0]?.labels['host']).toBe('a"b\\c\\x0ad\\x1b[2J\\u{202e},;=')
  })
})

describe('csv', () => {
  it('is one line a function below a header, however hostile the names', async () => {
    const ids = IDS.replace('GA102 [GeForce RTX 3090]', `=cmd|' /C calc'!A0 "x", y`)
    const host = await exportOf(GPU, { called: HOSTILE, ids })
    const [header, ...rows] = csvOf(written('csv', [host, host]))
    expect(header).toEqual([...COLUMNS])
    expect(rows).toHaveLength(2 * rowsOf(host).length)
    expect(rows.every((row) => row.length === COLUMNS.length)).toBe(true)
    const names = rows.map((row) => row[COLUMNS.indexOf('device_name')])
    expect(names).toContain(`'=cmd|' /C calc'!A0 "x", y`)
    expect(rows[0]?.[COLUMNS.indexOf('host')]).toBe('a"b\\c\\x0ad\\x1b[2J\\u{202e},;=')
  })

  it('is a header also where there is no function', async () => {
    expect(written('csv', [])).toBe(`${COLUMNS.join(',')}\n`)
  })
})

it('ndjson says the very same as the rows', async () => {
  const host = await exportOf(GPU, { called: HOSTILE })
  const lines = written('ndjson', [host]).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual(rowsOf(host))
})

describe('nfd', () => {
  it('counts by model, in the spelling of NFD', async () => {
    const text = written('nfd', [await exportOf(TWO_GROUPS)])
    const labels = text
      .split('\n')
      .map((line) => line.replace(/^feature\.node\.kubernetes\.io\/vfio-reset\./, ''))
    expect(labels).toContain('cdev=true')
    expect(labels.filter((label) => label.endsWith('.count=2'))).toHaveLength(1)
    expect(labels.some((label) => label.endsWith('.independent=0'))).toBe(true)
  })

  it('has no label for a count of which a part is unknown', async () => {
    const spec: HostSpec = { ...TWO_GROUPS, kernel: '9.9' }
    const text = written('nfd', [await exportOf(spec)])
    expect(text).toMatch(/\.count=2\n/)
    const undetermined = rowsOf(await exportOf(spec)).some(
      ({ iommufd }) => iommufd === 'undetermined',
    )
    expect(/\.iommufd=/.test(text)).toBe(!undetermined)
  })

  it('says until when to believe it', async () => {
    const wish = { hostNames: 'none', expiresAt: '2026-11-30T13:00:00Z' } as const
    expect(written('nfd', [await exportOf(GPU)], wish).split('\n')[0]).toBe(
      '# +expiry-time=2026-11-30T13:00:00Z',
    )
  })

  it.each(REAL_HOSTS)('%s: every line is a label that Kubernetes takes', async (name) => {
    const host = exportOfRaw(await loadFixture(name), { called: HOSTILE })
    const text = written('nfd', [host])
    expect(Buffer.byteLength(text)).toBeLessThan(65_536)
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^feature\.node\.kubernetes\.io\/[A-Za-z0-9][-A-Za-z0-9_.]{0,61}[A-Za-z0-9]=[A-Za-z0-9]+$/,
      )
    }
  })
})

it('ansible gives facts of one host, with what was not read by name', async () => {
  const facts = JSON.parse(written('ansible', [await exportOf({ ...GPU, dev: false })]))
  expect(facts).toMatchObject({ host: 'node1', kernel_release: '6.12.117', iommu: true })
  expect(facts.functions).toHaveLength(3)
  expect(facts.functions[0]).not.toHaveProperty('host')
  for (const name of facts.unknown) expect(facts[name]).toBeNull()
})
