import { describe, expect, test } from 'vitest'
import { isolationRules } from '../../src/iommu/isolation.js'
import { buildTopology } from '../../src/pci/build-topology.js'
import {
  ACS_OK,
  conventional,
  endpoint,
  type FunctionSpec,
  pcieToPci,
  rcEndpoint,
  rootPort,
  switchDown,
  switchUp,
} from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import { without } from '../support/host-files.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadFiles, loadTopology } from '../support/load-host.js'

/** Judges the last function of the list. Groups make an IOMMU active, unless `host` says otherwise. */
async function judge(functions: readonly FunctionSpec[], host: Partial<HostSpec> = {}) {
  const topology = await loadTopology({ functions, iommu: 'intel', ...host })
  const last = functions.at(-1)
  const device = topology.devices.find(({ address }) => address === last?.address)
  if (device === undefined) throw new Error('the builder lost the function')
  const rules = isolationRules(topology)
  return { ...rules.isolated(device), quirk: rules.quirkOf(device) }
}

const RP = rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK })

/** A function that nothing but a quirk can isolate: multifunction without ACS capability. */
const endpointOf = (id: string) => [RP, endpoint('0000:01:00.0', { id, mfd: true })]
const rootPortOf = (id: string) => [rootPort('0000:00:1c.0', { id, secondary: '01' })]

/** First and last of each list, of ranges both ends. */
const VOUCHED_ENDPOINTS: Readonly<Record<string, readonly string[]>> = {
  'mf-endpoint-solarflare': ['1924:0903', '1924:0923', '1924:0a03'],
  'mf-endpoint-intel-10g': ['8086:10c6', '8086:10f7', '8086:10fc', '8086:154f', '8086:1558'],
  'mf-endpoint-intel-82580': ['8086:1509', '8086:150e', '8086:1511', '8086:1527'],
  'mf-endpoint-intel-82576': ['8086:10c9', '8086:10e6', '8086:10e8', '8086:1526'],
  'mf-endpoint-intel-82575': ['8086:10a7', '8086:10d6'],
  'mf-endpoint-intel-i350': ['8086:1521', '8086:1524'],
  'mf-endpoint-intel-82571': ['8086:105e', '8086:10d9'],
  'mf-endpoint-intel-i219': ['8086:15b7', '8086:15b8'],
  'mf-endpoint-emulex': ['19a2:0710', '10df:0720'],
  'mf-endpoint-cavium': ['177d:a026', '177d:a060'],
  'mf-endpoint-broadcom': ['14e4:16d7', '14e4:1750', '14e4:1752', '14e4:1760', '14e4:1763'],
  'mf-endpoint-zhaoxin': ['1d17:3038', '1d17:3104', '1d17:9083'],
  'wangxun-nic': ['8088:0100', '8088:010f', '8088:1001', '8088:2001', '8088:5010', '8088:5140'],
}

const VOUCHED_ROOT_PORTS: Readonly<Record<string, readonly string[]>> = {
  'qualcomm-rp': ['17cb:0400', '17cb:0401', '17cb:0115', '17cb:0111', '17cb:0120', '1dbf:0401'],
  'cavium-rp': ['177d:a000', '177d:a7ff', '177d:af84', '177d:b884', '177d:a026'],
  'xgene-rp': ['10e8:e004', '1def:e005', '1def:e00c'],
  'broadcom-iproc-rp': ['14e4:d714'],
  'loongson-rp': ['0014:3c09', '0014:7a69'],
  'annapurna-rp': ['1c36:0031'],
  'nxp-rp': ['1957:8d80', '1957:8d83', '1957:8d88', '1957:8d9b', '1957:8da0', '1957:8db9'],
  'zhaoxin-port': ['1d17:0710', '1d17:071e', '1d17:0721', '1d17:0723', '1d17:0752'],
}

const INTEL_PCH = [
  ...['3b42', '3b51', '1c10', '1c1f', '1e10', '1e1f', '8c10', '8c1f', '9c10', '9c1b'],
  ...['9c90', '9c9b', '1d10', '1d1e', '8d10', '8d1e', '8c90', '8c9e'],
]

const INTEL_SPT = ['a110', 'a11f', 'a167', 'a16a', 'a290', 'a29f', 'a2e7', 'a2ee', '9d10', '9d1b']

describe('rows that vouch by ID', () => {
  for (const [quirk, ids] of Object.entries(VOUCHED_ENDPOINTS)) {
    test.each(ids)(`${quirk}: endpoint %s`, async (id) => {
      const { isolated, finding, quirk: found } = await judge(endpointOf(id))
      expect(isolated).toEqual({ known: true, value: true })
      expect(finding).toMatchObject({ kind: 'quirk-isolates', at: '0000:01:00.0', quirk })
      expect(found).toBe(quirk)
    })
  }

  for (const [quirk, ids] of Object.entries(VOUCHED_ROOT_PORTS)) {
    test.each(ids)(`${quirk}: root port %s`, async (id) => {
      const { isolated, quirk: found } = await judge(rootPortOf(id))
      expect(isolated).toEqual({ known: true, value: true })
      expect(found).toBe(quirk)
    })
  }

  test.each([
    ...['1924:0924', '8086:10fd', '8086:1512', '8086:10e9', '8086:1525', '8086:15b9'],
    ...['14e4:1753', '14e4:1764', '17cb:0402', '177d:a061', '1def:e00d'],
  ])('a neighbour of the lists is not vouched for: endpoint %s', async (id) => {
    expect(await judge(endpointOf(id))).toEqual({
      isolated: { known: true, value: false },
      finding: { kind: 'no-acs-capability', at: '0000:01:00.0' },
      quirk: null,
    })
  })

  test.each([
    ...['8086:8d1f', '8086:9c1c', '8086:1d11', '8086:a120', '177d:a800', '1957:8d84'],
    ...['0014:3c39', '10e8:e005'],
  ])('a neighbour of the lists is not vouched for: root port %s', async (id) => {
    const { isolated, quirk } = await judge(rootPortOf(id))
    expect(isolated).toEqual({ known: true, value: false })
    expect(quirk).toBe(null)
  })

  test('a row that some kernels lack says which, where the host states no release', async () => {
    const unstated = await judge(rootPortOf('17cb:0111'), { kernel: null })
    expect(unstated.finding).toMatchObject({
      lackedBy: expect.arrayContaining(['6.18.15', '6.1.164']),
    })
    const { finding } = await judge(rootPortOf('17cb:0111'), { kernel: '7.3.4' })
    expect(finding).toMatchObject({ lackedBy: [] })
  })

  /** Both sides of the border of each row: the last release that lacks it, the first that has it, and one that nobody read. */
  test.each([
    [
      '17cb:0115',
      ['5.10.226', '6.1.112', '6.6.9', '6.9.0'],
      ['5.10.227', '6.1.113', '6.12.1'],
      '6.6.30',
    ],
    [
      '17cb:0111',
      ['5.10.251', '6.1.164', '6.12.74', '6.18.15', '6.19.0'],
      ['5.10.252', '6.1.165', '6.12.75', '7.0.0'],
      '6.18.20',
    ],
    [
      '14e4:1760',
      ['5.10.232', '6.1.121', '6.6.9'],
      ['5.10.233', '6.1.122', '6.12.118', '6.13.0'],
      '6.12.40',
    ],
    [
      '0014:3c09',
      ['6.1.141', '6.12.34', '6.14.0'],
      ['5.10.262', '6.1.142', '6.12.35', '6.16.0'],
      '5.10.200',
    ],
    [
      '8088:5010',
      ['5.10.230', '6.1.119', '6.12.4', '6.6.9'],
      ['5.10.231', '6.1.120', '6.12.5', '6.13.0'],
      '6.6.30',
    ],
  ] as const)('row of %s', async (id, lacking, having, unread) => {
    const of = async (kernel: string) => {
      const isPort = id.startsWith('17cb') || id.startsWith('0014')
      return (await judge(isPort ? rootPortOf(id) : endpointOf(id), { kernel })).isolated
    }
    for (const kernel of lacking) {
      expect([kernel, await of(kernel)]).toEqual([kernel, { known: true, value: false }])
    }
    for (const kernel of having) {
      expect([kernel, await of(kernel)]).toEqual([kernel, { known: true, value: true }])
    }
    expect(await of(unread)).toMatchObject({ known: false, gap: { why: 'unmodelled' } })
  })

  test('a vendor kernel that takes rows of newer releases', async () => {
    const { isolated } = await judge(rootPortOf('17cb:0111'), {
      kernel: '5.14.0-570.12.1.el9_6.aarch64',
    })
    expect(isolated).toMatchObject({ known: false, gap: { why: 'unmodelled' } })
  })
})

describe('rows for one port type', () => {
  test('Cavium: an endpoint with a root port ID falls through to the list of endpoints', async () => {
    expect((await judge(endpointOf('177d:a027'))).quirk).toBe(null)
    expect((await judge(endpointOf('177d:a059'))).quirk).toBe('mf-endpoint-cavium')
  })

  test('Annapurna: an endpoint falls through', async () => {
    expect((await judge(endpointOf('1c36:0031'))).isolated).toEqual({ known: true, value: false })
  })

  test('Intel RCiEPs are vouched for, other types and vendors are not', async () => {
    const multifunction = { mfd: true } as const
    const intel = await judge([rcEndpoint('0000:00:02.0', { id: '8086:9a49', ...multifunction })])
    expect(intel).toMatchObject({ isolated: { value: true }, quirk: 'intel-rciep' })
    const amd = await judge([rcEndpoint('0000:00:02.0', multifunction)])
    expect(amd).toMatchObject({ isolated: { value: false }, quirk: null })
    const bridge = await judge([pcieToPci('0000:00:1e.0', { id: '8086:244e', secondary: '01' })])
    expect(bridge).toMatchObject({ isolated: { value: false }, quirk: null })
  })
})

describe('rows that deny', () => {
  test('any other Zhaoxin port, even with ACS switched on', async () => {
    const port = rootPort('0000:00:03.0', { id: '1d17:0720', secondary: '01', acs: ACS_OK })
    const { isolated, finding } = await judge([port])
    expect(isolated).toEqual({ known: true, value: false })
    expect(finding).toEqual({ kind: 'quirk-denies', at: '0000:00:03.0', quirk: 'zhaoxin-port' })
  })

  test('a Zhaoxin downstream port is one of them, an endpoint is not', async () => {
    const above = [RP, switchUp('0000:01:00.0', { secondary: '02' })]
    const down = switchDown('0000:02:00.0', { id: '1d17:0720', secondary: '03', acs: ACS_OK })
    expect((await judge([...above, down])).quirk).toBe('zhaoxin-port')
    expect((await judge(endpointOf('1d17:0720'))).quirk).toBe(null)
  })

  test('any other Wangxun function, even a single one', async () => {
    const { isolated, finding } = await judge([RP, endpoint('0000:01:00.0', { id: '8088:0110' })])
    expect(isolated).toEqual({ known: true, value: false })
    expect(finding).toMatchObject({ kind: 'quirk-denies', quirk: 'wangxun-nic' })
  })
})

describe('AMD southbridge', () => {
  const southbridge = (id: string, options = {}) => [
    conventional('0000:00:14.0', { id, mfd: true, ...options }),
  ]

  test.each([
    ...['1002:4385', '1002:439c', '1002:4383', '1002:439d', '1002:4384', '1002:4399'],
    ...['1022:780f', '1022:7809'],
  ])('%s is vouched for where an IVRS table exists', async (id) => {
    const amd = await judge(southbridge(id), { iommu: 'amd' })
    expect(amd).toMatchObject({ isolated: { value: true }, quirk: 'amd-southbridge' })
    const intel = await judge(southbridge(id), { iommu: 'intel' })
    expect(intel).toMatchObject({ isolated: { value: false }, quirk: null })
  })

  test('a single function, or one behind a bridge, falls through', async () => {
    const single = await judge(southbridge('1022:780f', { mfd: false }), { iommu: 'amd' })
    expect(single.isolated).toEqual({ known: true, value: false })
    const below = [RP, conventional('0000:01:00.0', { id: '1022:780f', mfd: true })]
    expect((await judge(below, { iommu: 'amd' })).isolated).toEqual({ known: true, value: false })
  })

  test('its newer sibling 1022:790b is not on the list', async () => {
    const { isolated } = await judge(southbridge('1022:790b'), { iommu: 'amd' })
    expect(isolated).toEqual({ known: true, value: false })
  })
})

describe('Intel chipset ports', () => {
  test.each(INTEL_PCH)(
    'PCH port 8086:%s is taken to be set up where an IOMMU is active',
    async (id) => {
      const { isolated, finding } = await judge(rootPortOf(`8086:${id}`))
      expect(isolated).toEqual({ known: true, value: true })
      expect(finding).toMatchObject({ kind: 'quirk-isolates', quirk: 'intel-pch', assumed: true })
    },
  )

  test('without an IOMMU nobody asks for the workaround', async () => {
    const { isolated, finding } = await judge(rootPortOf('8086:8c10'), { iommu: null })
    expect(isolated).toEqual({ known: true, value: false })
    expect(finding).toEqual({ kind: 'quirk-denies', at: '0000:00:1c.0', quirk: 'intel-pch' })
  })

  test.each(INTEL_SPT)('port 8086:%s has its control register at +8', async (id) => {
    const port = (ctl: number) => [
      rootPort('0000:00:1c.0', {
        id: `8086:${id}`,
        secondary: '01',
        acs: { cap: 0x1f, ctl, wide: true },
      }),
    ]
    expect(await judge(port(0x1d))).toMatchObject({
      isolated: { known: true, value: true },
      quirk: 'intel-spt-pch',
    })
    expect(await judge(port(0x11))).toMatchObject({
      isolated: { known: true, value: false },
      finding: { kind: 'acs-not-enabled', missing: ['RR', 'CR'] },
    })
  })

  test('a port of that list without ACS capability falls through to "no ACS"', async () => {
    expect(await judge(rootPortOf('8086:a110'))).toMatchObject({
      isolated: { known: true, value: false },
      finding: { kind: 'no-acs-capability' },
      quirk: null,
    })
  })
})

describe('IDT source validation', () => {
  const idt = (device: string, ctl: number) => [
    RP,
    switchUp('0000:01:00.0', { secondary: '02' }),
    switchDown('0000:02:00.0', { id: `111d:${device}`, secondary: '03', acs: { cap: 0x1f, ctl } }),
  ]

  test.each(['80b5', '8090'])('111d:%s is not asked for it', async (device) => {
    expect(await judge(idt(device, 0x1c), { kernel: '7.1.0' })).toMatchObject({
      isolated: { known: true, value: true },
      finding: { kind: 'quirk-isolates', quirk: 'idt-source-validation' },
    })
    expect(await judge(idt(device, 0x18), { kernel: '7.1.0' })).toMatchObject({
      isolated: { known: true, value: false },
      finding: { kind: 'acs-not-enabled', missing: ['RR'] },
    })
  })

  test.each(['5.10.262', '6.1.192', '6.12.118'])('before, it is: %s', async (kernel) => {
    expect(await judge(idt('80b5', 0x1c), { kernel })).toMatchObject({
      isolated: { known: true, value: false },
      finding: { kind: 'acs-not-enabled', missing: ['SV'] },
      quirk: null,
    })
    expect((await judge(idt('80b5', 0x1d), { kernel })).isolated).toEqual({
      known: true,
      value: true,
    })
  })

  test('between the releases that were read it is not known', async () => {
    const { isolated } = await judge(idt('80b5', 0x1c), { kernel: '6.19.11' })
    expect(isolated).toMatchObject({ known: false, gap: { why: 'unmodelled' } })
  })

  test('any other IDT port is', async () => {
    expect(await judge(idt('80b4', 0x1c), { kernel: '7.3.4' })).toMatchObject({
      isolated: { known: true, value: false },
      finding: { kind: 'acs-not-enabled', missing: ['SV'] },
    })
  })
})

describe('what was not read', () => {
  const truncated = { config: 'unprivileged' } as const

  test('a vouched ID needs no registers', async () => {
    const port = rootPort('0000:00:1c.0', { id: '17cb:0400', secondary: '01', ...truncated })
    expect((await judge([port])).isolated).toEqual({ known: true, value: true })
  })

  test('an ID that is on two lists is vouched for whatever its type', async () => {
    const cavium = endpoint('0000:01:00.0', { id: '177d:a026', mfd: true, ...truncated })
    expect((await judge([RP, cavium])).isolated).toEqual({ known: true, value: true })
  })

  test('an Intel function of unknown type could be an RCiEP', async () => {
    const nic = endpoint('0000:01:00.0', { id: '8086:1234', mfd: true, ...truncated })
    expect((await judge([RP, nic])).isolated).toMatchObject({
      known: false,
      gap: { path: expect.stringContaining('0000:01:00.0/config'), why: 'truncated' },
    })
  })

  test('a southbridge function where it was not recorded whether there is an IVRS table', async () => {
    const functions = [
      conventional('0000:00:14.0', { id: '1022:780f', mfd: true }),
      conventional('0000:00:14.1', { id: '1022:790b', mfd: true }),
    ]
    const files = without(buildHost({ functions, iommu: 'amd' }), 'sys/class')
    const topology = buildTopology(await loadFiles(files, { kind: 'capture', path: null }))
    const rules = isolationRules(topology)
    expect(topology.devices.map((device) => rules.isolated(device).isolated)).toEqual([
      { known: false, gap: expect.objectContaining({ path: 'sys/class/iommu' }) },
      { known: true, value: false },
    ])
  })

  test('a row before the one that cannot be told decides', async () => {
    const nic = endpoint('0000:01:00.0', { id: '1d17:3104', mfd: true, ...truncated })
    expect((await judge([RP, nic])).isolated).toEqual({ known: true, value: true })
  })
})
