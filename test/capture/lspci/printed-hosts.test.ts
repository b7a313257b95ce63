import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { lspciTree } from '../../../src/capture/lspci/lspci-text.js'
import { parseLspci } from '../../../src/capture/lspci/parse-lspci.js'
import { readHost } from '../../../src/host/read/read-host.js'
import { computeUnits } from '../../../src/vfio/units.js'
import { answer, at, decide, question } from '../../support/ask.js'
import { runMain } from '../../support/run-main.js'

function dumpPath(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/dumps/${name}`, import.meta.url))
}

function dump(name: string): string {
  const bytes = readFileSync(dumpPath(name))
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

async function hostOf(text: string) {
  const tree = lspciTree(text, { kind: 'capture', path: 'text' })
  if (typeof tree === 'string') throw new Error(tree)
  return decide(await readHost(tree, { wake: false, holders: true }))
}

/** A device of two functions in one group, a stranger in another. */
const FORMS: readonly (readonly [form: string, text: string])[] = [
  [
    'group script of the Arch wiki',
    'IOMMU Group 7:\n\t01:00.0 VGA compatible controller [0300]: NVIDIA [10de:2204] (rev a1)\n\t01:00.1 Audio device [0403]: NVIDIA [10de:1aef]\nIOMMU Group 9:\n\t02:00.0 Ethernet controller [0200]: Intel [8086:15f3]\n',
  ],
  [
    'one line each',
    'IOMMU Group 7 01:00.0 VGA compatible controller [0300]: NVIDIA [10de:2204] (rev a1)\nIOMMU Group 7 01:00.1 Audio device [0403]: NVIDIA [10de:1aef]\nIOMMU Group 9 02:00.0 Ethernet controller [0200]: Intel [8086:15f3]\n',
  ],
  [
    'headings with hashes, and a domain',
    '### Group 7 ###\n    0000:01:00.0 VGA compatible controller [0300]: NVIDIA [10de:2204]\n    0000:01:00.1 Audio device [0403]: NVIDIA [10de:1aef]\n### Group 9 ###\n    0000:02:00.0 Ethernet controller [0200]: Intel [8086:15f3]\n',
  ],
  [
    'ids in front, reset marks',
    'Group 7:\t[10de:2204] [R] 01:00.0  VGA compatible controller: NVIDIA\n\t\t[10de:1aef]     01:00.1  Audio device: NVIDIA\nGroup 9:\t[8086:15f3] [R] 02:00.0  Ethernet controller: Intel\n',
  ],
  [
    'members not indented',
    'IOMMU group 7\n01:00.0 VGA compatible controller [0300]: NVIDIA [10de:2204]\n01:00.1 Audio device [0403]: NVIDIA [10de:1aef]\n\nIOMMU group 9\n02:00.0 Ethernet controller [0200]: Intel [8086:15f3]\n',
  ],
  [
    'group: N',
    'group: 7\n  01:00.0 0300: 10de:2204 (rev a1)\n  01:00.1 0403: 10de:1aef\ngroup: 9\n  02:00.0 0200: 8086:15f3\n',
  ],
  [
    'of an editor of Windows, with its mark and line ends',
    '\uFEFFIOMMU Group 7 01:00.0 VGA compatible controller [0300]: NVIDIA [10de:2204]\r\nIOMMU Group 7 01:00.1 Audio device [0403]: NVIDIA [10de:1aef]\r\nIOMMU Group 9 02:00.0 Ethernet controller [0200]: Intel [8086:15f3]\r\n',
  ],
  [
    'with German headings',
    'IOMMU-Gruppe 7:\n\t01:00.0 VGA compatible controller [0300]: NVIDIA [10de:2204]\n\t01:00.1 Audio device [0403]: NVIDIA [10de:1aef]\nIOMMU-Gruppe 9:\n\t02:00.0 Ethernet controller [0200]: Intel [8086:15f3]\n',
  ],
  [
    'find',
    '/sys/kernel/iommu_groups/7/devices/0000:01:00.0\n/sys/kernel/iommu_groups/7/devices/0000:01:00.1\n/sys/kernel/iommu_groups/9/devices/0000:02:00.0\n',
  ],
]

describe('a listing of IOMMU groups', () => {
  test.each(FORMS)('%s', async (_form, text) => {
    const { topology } = await hostOf(text)
    expect(topology.raw.groups.map(({ id, devices }) => [id, devices])).toEqual([
      [7, ['0000:01:00.0', '0000:01:00.1']],
      [9, ['0000:02:00.0']],
    ])
    expect(topology.byBus.get(at({ topology } as never, '01:00.0').bus)?.kind).toBe('unseen')
  })

  test.each(FORMS.slice(0, 6))('ids and classes of: %s', async (_form, text) => {
    const { raw } = at(await hostOf(text), '01:00.1')
    expect(raw.vendorId).toEqual({ known: true, value: 0x10de })
    expect(raw.deviceId).toEqual({ known: true, value: 0x1aef })
    expect(raw.classCode).toEqual({ known: true, value: 0x040300 })
    expect(raw.driver.known).toBe(false)
  })

  test('with `lspci -nnk` below it: drivers, and who has none', async () => {
    const text = `${dump('groups-12900k.txt')}${dump('nnk-12900k.txt')}05:00.0 USB controller [0c03]: ASMedia [1b21:2142]\n`
    const vfio = await hostOf(text)
    expect(at(vfio, '04:00.0').raw.driver).toEqual({ known: true, value: 'vfio-pci' })
    expect(at(vfio, '03:00.0').raw.driver).toEqual({ known: true, value: 'amdgpu' })
    expect(at(vfio, '05:00.0').raw.driver).toEqual({ known: true, value: null })
    expect(at(vfio, '08:00.0').raw.driver.known).toBe(false)
    expect(vfio.viabilityOf(23)).toEqual({ culprits: [], hidden: [] })
    expect(vfio.viabilityOf(21).culprits).toMatchObject([{ driver: 'amdgpu' }])
  })

  test('functions of one device in two groups are reset together', async () => {
    const vfio = await hostOf(dump('groups-12900k.txt'))
    const unit = computeUnits(vfio).find(({ groups }) => groups.includes(21))
    expect(unit).toMatchObject({ devices: ['0000:03:00.0', '0000:03:00.1'], groups: [21, 22] })
    expect(answer(vfio, 'group-fds', '04:00.0')).toMatch(/^undetermined/)
  })

  test('is a host for inspect, preflight and diff', async () => {
    const file = dumpPath('groups-12900k.txt')
    const inspected = await runMain('inspect', '--capture', file, '--json')
    expect(inspected.exitCode).toBe(0)
    const { groups, devices } = JSON.parse(inspected.stdout)
    expect(groups).toHaveLength(9)
    const gpu = devices.find(({ address }: { address: string }) => address === '0000:04:00.0')
    expect(gpu).toMatchObject({
      parent: { unknown: 'not-captured' },
      iommuGroup: 23,
      hotReset: {
        scope: { unknown: 'not-captured' },
        via: { unknown: 'not-captured' },
        affected: { unknown: 'not-captured' },
      },
    })
    const checked = await runMain('preflight', '--capture', file, '04:00.0', '04:00.1')
    expect(checked.exitCode).toBe(3)
    const compared = await runMain('diff', file, dumpPath('nnk-12900k.txt'))
    expect(compared.stdout).toContain('Before')
  })

  test.each([
    'a line about group 7 and nothing else\n',
    '2026-11-30 00:12.3 something\n00:01.0 is where it hangs\n',
    'IOMMU Group 7:\n',
  ])('is not %j', (text) => {
    expect(lspciTree(text, { kind: 'capture', path: 'text' })).toMatch(/neither an archive nor/)
  })

  test('that contradicts itself is refused', () => {
    const text = 'IOMMU Group 7 01:00.0 a [10de:2204]\nIOMMU Group 8 01:00.0 a [10de:2204]\n'
    expect(lspciTree(text, { kind: 'capture', path: 'text' })).toContain('two values')
  })
})

describe('lines of `lspci -v` beside the bytes', () => {
  test('are the groups and drivers of the host', async () => {
    const vfio = await hostOf(dump('nnvvvxxxx-12900k.txt.gz'))
    expect(at(vfio, '04:00.1').raw).toMatchObject({
      driver: { value: 'vfio-pci' },
      iommuGroup: { value: 23 },
    })
    expect(answer(vfio, 'group-fds', '04:00.0')).toBe('permitted')
  })

  test('a function without them has neither, where others have them', () => {
    const [first, second] = parseLspci(
      '01:00.0 VGA [0300]: a [10de:2204]\n\tIOMMU group: 4\n\tKernel driver in use: nouveau\n01:00.1 Audio [0403]: b [10de:1aef]\n',
    )
    expect(first).toMatchObject({ driver: 'nouveau', group: 4, isListed: false })
    expect(second).toMatchObject({ driver: null, group: null })
  })

  test('bus numbers place what has no bytes', async () => {
    const vfio = await hostOf(
      '00:01.0 PCI bridge [0604]: Intel [8086:460d]\n\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0\n\tCapabilities: [40] Express (v2) Root Port (Slot+), IntMsgNum 0\n\tKernel driver in use: pcieport\n01:00.0 VGA [0300]: NVIDIA [10de:2204]\n\tCapabilities: [78] Express (v2) Legacy Endpoint, IntMsgNum 0\n',
    )
    expect(at(vfio, '01:00.0').parent).toBe('0000:00:01.0')
  })
})

describe('a bus that no dumped bridge leads to', () => {
  test('is below a bridge where a PCIe endpoint stands on it', async () => {
    const vfio = await hostOf(dump('one-card-x570.txt.gz'))
    const { worlds, cases } = question(vfio, '0a:00.0')
    expect(worlds.gaps).toMatchObject([
      { why: 'not-captured', detail: 'the bridge above bus 0000:0a is not in the dump' },
    ])
    expect(cases.flatMap(({ answer: { denials } }) => denials.map(({ kind }) => kind))).toEqual([
      'no-reset',
    ])
    const [unit] = computeUnits(vfio)
    expect(unit?.devices).toEqual(['0000:0a:00.0', '0000:0a:00.1'])
  })

  test('is not said to be a root bus', async () => {
    const file = dumpPath('one-card-x570.txt.gz')
    const inspected = await runMain('inspect', '--capture', file, '0a:00.0')
    expect(inspected.stdout).not.toMatch(/root bus|no bridge above|Nothing that could be bound/)
    expect(inspected.stdout.replace(/\s+/g, ' ')).toContain('`lspci -xxxx` of the whole host')
  })

  test.each([
    ['a host bridge', '80:00.0 Host bridge [0600]: Intel [8086:2020]\n'],
    [
      'a root port',
      '80:02.0 PCI bridge [0604]: Intel [8086:2030]\n\tCapabilities: [90] Express (v2) Root Port (Slot+)\n',
    ],
  ])('is a root bus with %s on it', async (_what, line) => {
    const vfio = await hostOf(`${line}80:05.0 System peripheral [0880]: Intel [8086:2024]\n`)
    expect(at(vfio, '80:05.0').onRootBus).toBe(true)
  })
})

describe('a function that answers all ones', () => {
  const ONES = `00: ${Array(16).fill('ff').join(' ')}`
  const dead = (head: string) =>
    [
      head,
      ...[0, 16, 32, 48].map((offset) =>
        ONES.replace('00:', `${offset.toString(16).padStart(2, '0')}:`),
      ),
    ].join('\n')

  test('has the ids that the dump prints', async () => {
    const { raw, dead } = at(await hostOf(dump('dead-audio-e6430.txt.gz')), '01:00.1')
    expect(raw.vendorId).toEqual({ known: true, value: 0x10de })
    expect(raw.deviceId).toEqual({ known: true, value: 0x0bea })
    expect(raw.classCode).toEqual({ known: true, value: 0x040300 })
    expect(dead).toEqual({ known: true, value: true })
  })

  test('has none where the dump prints names only', async () => {
    const { raw } = at(await hostOf(dead('01:00.1 Audio device: NVIDIA GF108 (rev ff)')), '01:00.1')
    for (const fact of [raw.vendorId, raw.deviceId, raw.revision]) expect(fact.known).toBe(false)
    expect(raw.classCode).toEqual({ known: true, value: 0x040300 })
  })

  test('SR-IOV of a dump that ends before the extended space is unknown', async () => {
    const { raw } = at(
      await hostOf(dead('01:00.0 Ethernet controller [0200]: Intel [8086:1572]')),
      '01:00.0',
    )
    expect(raw.sriovTotal).toMatchObject({ known: false, gap: { why: 'not-captured' } })
  })
})

test('VFs are looked for among the dumped functions, not among those that registers state', async () => {
  const vfio = await hostOf(dump('vfs-of-nobody.txt.gz'))
  const claimed = vfio.topology.devices.flatMap(({ raw }) => raw.virtfns)
  expect(new Set(claimed).size).toBe(claimed.length)
})
