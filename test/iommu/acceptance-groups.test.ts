import { describe, expect, test } from 'vitest'
import { parsePciAddress } from '../../src/host/pci-address.js'
import { analyseIsolation, type IsolationModel } from '../../src/iommu/analyse-isolation.js'
import {
  ACS_EMPTY,
  ACS_OK,
  ACS_REDIRECT_OFF,
  conventional,
  conventionalBridge,
  endpoint,
  type FunctionOptions,
  type FunctionSpec,
  hostBridge,
  inGroups,
  pcieToPci,
  pciToPcie,
  rcEndpoint,
  rootPort,
  switchDown,
  switchUp,
  virtualFunction,
  vmd,
} from '../support/functions.js'
import { groupingText } from '../support/groups.js'
import type { HostSpec } from '../support/host-spec.js'
import { loadTopology } from '../support/load-host.js'

/** One row of the acceptance table of groups: a topology, its groups, and why. */
interface Row {
  readonly row: string
  readonly functions: readonly FunctionSpec[]
  /** Groups as the table writes them, without domain 0000. */
  readonly groups: string
  readonly iommu?: HostSpec['iommu']
  /** Findings by function: kinds that must be among them. */
  readonly findings?: Readonly<Record<string, readonly string[]>>
}

const RP = rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK })
const BARE_RP = rootPort('0000:00:01.0', { secondary: '01' })

function pair(options: FunctionOptions = {}): FunctionSpec[] {
  return [
    endpoint('0000:01:00.0', { mfd: true, ...options }),
    endpoint('0000:01:00.1', { mfd: true, ...options }),
  ]
}

/** The switch of row 8; options for its parts. */
function switchBelow(
  port: FunctionSpec,
  {
    up = {},
    down = { acs: ACS_OK },
    second = down,
    more = [endpoint('0000:04:00.0', { mfd: true }), endpoint('0000:04:00.1', { mfd: true })],
    management = null as FunctionOptions | null,
  } = {} as {
    up?: FunctionOptions
    down?: FunctionOptions
    second?: FunctionOptions
    more?: readonly FunctionSpec[]
    management?: FunctionOptions | null
  },
): FunctionSpec[] {
  return [
    port,
    switchUp('0000:01:00.0', { secondary: '02', ...up }),
    ...(management === null ? [] : [endpoint('0000:01:00.1', { mfd: true, ...management })]),
    switchDown('0000:02:00.0', { secondary: '03', ...down }),
    switchDown('0000:02:01.0', { secondary: '04', ...second }),
    endpoint('0000:03:00.0'),
    ...more,
  ]
}

const SINGLE = [endpoint('0000:04:00.0')]

const ROWS: readonly Row[] = [
  {
    row: 'row 1: single endpoint below an isolated port',
    functions: [RP, endpoint('0000:01:00.0')],
    groups: '00:01.0 | 01:00.0',
  },
  {
    row: 'row 2: the port lacks ACS',
    functions: [BARE_RP, ...pair()],
    groups: '00:01.0 01:00.0 01:00.1',
    findings: { '0000:01:00.0': ['no-acs-capability', 'multifunction-not-isolated'] },
  },
  {
    row: 'row 3: functions can talk inside the device',
    functions: [RP, ...pair()],
    groups: '00:01.0 | 01:00.0 01:00.1',
    findings: { '0000:01:00.1': ['no-acs-capability', 'multifunction-not-isolated'] },
  },
  {
    row: 'row 4: an empty ACS capability means no internal traffic',
    functions: [RP, ...pair({ acs: ACS_EMPTY })],
    groups: '00:01.0 | 01:00.0 | 01:00.1',
  },
  {
    row: 'row 5: only functions that are not isolated merge',
    functions: [RP, ...pair(), endpoint('0000:01:00.2', { acs: { cap: 0x0c, ctl: 0x0c } })],
    groups: '00:01.0 | 01:00.0 01:00.1 | 01:00.2',
  },
  {
    row: 'row 6: multifunction ports merge, endpoints follow',
    functions: [
      rootPort('0000:00:1c.0', { secondary: '01', mfd: true }),
      rootPort('0000:00:1c.1', { secondary: '02', mfd: true }),
      rootPort('0000:00:1c.2', { secondary: '03', mfd: true }),
      ...['01', '02', '03'].map((bus) => endpoint(`0000:${bus}:00.0`)),
    ],
    groups: '00:1c.0 00:1c.1 00:1c.2 01:00.0 02:00.0 03:00.0',
    findings: { '0000:03:00.0': ['no-acs-capability', 'multifunction-not-isolated'] },
  },
  {
    row: 'row 7: an isolated function of the slot stays apart',
    functions: [
      rootPort('0000:00:1c.0', { secondary: '01', mfd: true }),
      rootPort('0000:00:1c.4', { secondary: '02', mfd: true, acs: ACS_OK }),
      rootPort('0000:00:1c.5', { secondary: '03', mfd: true }),
      ...['01', '02', '03'].map((bus) => endpoint(`0000:${bus}:00.0`)),
    ],
    groups: '00:1c.0 00:1c.5 01:00.0 03:00.0 | 00:1c.4 | 02:00.0',
  },
  {
    row: 'row 8: a switch that isolates',
    functions: switchBelow(RP),
    groups: '00:01.0 | 01:00.0 | 02:00.0 | 02:01.0 | 03:00.0 | 04:00.0 04:00.1',
  },
  {
    row: 'row 9: downstream ports without ACS stay apart, the strict view warns',
    functions: switchBelow(RP, { down: {} }),
    groups: '00:01.0 | 01:00.0 | 02:00.0 03:00.0 | 02:01.0 04:00.0 04:00.1',
    findings: {
      '0000:03:00.0': ['no-acs-capability', 'strict-sibling-leak'],
      '0000:04:00.1': ['no-acs-capability', 'strict-sibling-leak'],
    },
  },
  {
    row: 'row 10: the path fails at the root port',
    functions: switchBelow(BARE_RP),
    groups: '00:01.0 01:00.0 02:00.0 02:01.0 03:00.0 04:00.0 04:00.1',
  },
  {
    row: 'row 11: a multifunction upstream port takes the whole switch with it',
    functions: switchBelow(RP, { up: { mfd: true }, management: {} }),
    groups: '00:01.0 | 01:00.0 01:00.1 02:00.0 02:01.0 03:00.0 04:00.0 04:00.1',
    findings: { '0000:03:00.0': ['no-acs-capability', 'multifunction-not-isolated'] },
  },
  {
    row: 'row 12: redirect switched off in the downstream ports',
    functions: switchBelow(RP, { down: { acs: ACS_REDIRECT_OFF } }),
    groups: '00:01.0 | 01:00.0 | 02:00.0 03:00.0 | 02:01.0 04:00.0 04:00.1',
    findings: { '0000:03:00.0': ['acs-not-enabled'] },
  },
  {
    row: 'row 13: a PCIe-to-PCI bridge takes over the requests of all below',
    functions: [
      RP,
      pcieToPci('0000:01:00.0', { secondary: '02' }),
      conventional('0000:02:00.0'),
      conventional('0000:02:01.0'),
    ],
    groups: '00:01.0 | 01:00.0 02:00.0 02:01.0',
    findings: { '0000:02:00.0': ['pcie-to-pci-bridge'] },
  },
  {
    row: 'row 14: a conventional bridge does so too',
    functions: [
      conventionalBridge('0000:00:1e.0', { secondary: '01' }),
      conventional('0000:01:00.0'),
      conventional('0000:01:01.0'),
    ],
    groups: '00:1e.0 01:00.0 01:01.0',
    findings: { '0000:01:01.0': ['conventional-bridge'] },
  },
  {
    row: 'row 15: the Intel RCiEP quirk keeps 1f.6 apart',
    functions: [
      conventional('0000:00:1f.0', { mfd: true }),
      conventional('0000:00:1f.2', { mfd: true }),
      conventional('0000:00:1f.3', { mfd: true }),
      rcEndpoint('0000:00:1f.6', { id: '8086:15fb' }),
      rcEndpoint('0000:00:02.0', { id: '8086:9a49' }),
    ],
    groups: '00:02.0 | 00:1f.0 00:1f.2 00:1f.3 | 00:1f.6',
    findings: {
      '0000:00:1f.6': ['quirk-isolates'],
      '0000:00:1f.0': ['conventional-function', 'multifunction-not-isolated'],
    },
  },
  {
    row: 'row 16: isolated functions do not merge with the dummy bridge',
    functions: [
      hostBridge('0000:00:01.0', { mfd: true }),
      rootPort('0000:00:01.1', { secondary: '01', acs: ACS_OK, mfd: true }),
      rootPort('0000:00:01.2', { secondary: '02', acs: ACS_OK, mfd: true }),
      endpoint('0000:01:00.0'),
      endpoint('0000:02:00.0'),
    ],
    groups: '00:01.0 | 00:01.1 | 00:01.2 | 01:00.0 | 02:00.0',
    iommu: 'amd',
  },
  {
    row: 'row 17: VFs are never multifunction',
    functions: [RP, ...pair(), ...virtualFunctions()],
    groups: '00:01.0 | 01:00.0 01:00.1 | 01:10.0 | 01:10.1 | 02:00.0',
  },
  {
    row: 'row 18: the path fails for VFs too',
    functions: [
      BARE_RP,
      endpoint('0000:01:00.0'),
      virtualFunction('0000:01:10.0', { vf: { pf: '0000:01:00.0', index: 0 } }),
      virtualFunction('0000:02:00.0', { vf: { pf: '0000:01:00.0', index: 1 } }),
    ],
    groups: '00:01.0 01:00.0 01:10.0 02:00.0',
  },
  {
    row: 'row 19: a VMD lends its requester ID',
    functions: [
      vmd('0000:00:0e.0', { childDomain: '10000:e0' }),
      rootPort('10000:e0:06.0', { secondary: 'e1', acs: ACS_OK }),
      endpoint('10000:e1:00.0'),
    ],
    groups: '00:0e.0 10000:e0:06.0 10000:e1:00.0',
    findings: { '10000:e1:00.0': ['vmd-requester'] },
  },
  {
    row: 'row 20: an alias to an absent function harms nobody',
    functions: [RP, endpoint('0000:01:00.0', { id: '1b4b:9230' })],
    groups: '00:01.0 | 01:00.0',
  },
  {
    row: 'row 21: an alias forces functions together in spite of ACS',
    functions: [RP, ...pair({ id: '1b4b:9230', acs: ACS_EMPTY })],
    groups: '00:01.0 | 01:00.0 01:00.1',
    findings: { '0000:01:00.0': ['dma-alias'] },
  },
  {
    row: 'row 22: ASPEED keeps IDs, but isolates nobody',
    functions: [
      RP,
      pcieToPci('0000:01:00.0', { id: '1a03:1150', secondary: '02' }),
      conventional('0000:02:00.0', { class: 0x030000 }),
    ],
    groups: '00:01.0 | 01:00.0 02:00.0',
  },
  {
    row: 'row 23: a nested alias ends at the topmost bridge',
    functions: [
      RP,
      pcieToPci('0000:01:00.0', { secondary: '02' }),
      conventionalBridge('0000:02:08.0', { secondary: '03' }),
      conventional('0000:03:00.0'),
    ],
    groups: '00:01.0 | 01:00.0 02:08.0 03:00.0',
  },
  {
    row: 'row 24: a bridge without PCIe capability aliases',
    functions: [
      RP,
      conventionalBridge('0000:01:00.0', { id: '1b21:1080', secondary: '02' }),
      conventional('0000:02:00.0'),
    ],
    groups: '00:01.0 | 01:00.0 02:00.0',
  },
  {
    row: 'row 25: bits that the capability lacks count as enforced',
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: { cap: 0x11, ctl: 0x11 } }),
      endpoint('0000:01:00.0'),
    ],
    groups: '00:01.0 | 01:00.0',
  },
  {
    row: 'row 26: ARI functions from 8 on are another slot',
    functions: [RP, ...pair({ ari: true }), endpoint('0000:01:01.0', { ari: true })],
    groups: '00:01.0 | 01:00.0 01:00.1 | 01:01.0',
  },
  {
    row: 'row 27: conventional functions merge by slot',
    functions: [
      ...Array.from({ length: 8 }, (_, func) => hostBridge(`0000:00:18.${func}`, { mfd: true })),
      conventional('0000:00:14.0', { mfd: true }),
      conventional('0000:00:14.3', { mfd: true }),
    ],
    groups: '00:14.0 00:14.3 | 00:18.0 00:18.1 00:18.2 00:18.3 00:18.4 00:18.5 00:18.6 00:18.7',
  },
  {
    row: 'row 28: bifurcated slots share a group',
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', mfd: true }),
      rootPort('0000:00:01.1', { secondary: '02', mfd: true }),
      ...pair(),
      endpoint('0000:02:00.0'),
    ],
    groups: '00:01.0 00:01.1 01:00.0 01:00.1 02:00.0',
  },
  {
    row: 'row 29: a port whose bus must not be reset isolates like any other',
    functions: [
      rootPort('0000:00:01.0', { id: '10de:22ce', secondary: '01', acs: ACS_OK }),
      endpoint('0000:01:00.0'),
    ],
    groups: '00:01.0 | 01:00.0',
  },
  {
    row: 'row 30: a flagged child does not matter to groups',
    functions: switchBelow(RP, { more: [endpoint('0000:04:00.0', { id: '168c:003c' })] }),
    groups: '00:01.0 | 01:00.0 | 02:00.0 | 02:01.0 | 03:00.0 | 04:00.0',
  },
  {
    row: 'row 31: an endpoint alone',
    functions: [RP, endpoint('0000:01:00.0', { resetMethods: 'bus' })],
    groups: '00:01.0 | 01:00.0',
  },
  {
    row: 'row 33: a CXL port isolates like any other',
    functions: [
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, cxl: { unmaskSbr: false } }),
      endpoint('0000:01:00.0'),
    ],
    groups: '00:01.0 | 01:00.0',
  },
  {
    row: 'row 36: one permissive port reaches down through its sibling',
    functions: switchBelow(RP, { second: {}, more: SINGLE }),
    groups: '00:01.0 | 01:00.0 | 02:00.0 | 02:01.0 04:00.0 | 03:00.0',
    findings: {
      '0000:03:00.0': ['strict-sibling-leak'],
      '0000:04:00.0': ['no-acs-capability', 'strict-sibling-leak'],
    },
  },
  {
    row: 'row 37: an isolated upstream function lets the path pass',
    functions: switchBelow(RP, {
      up: { mfd: true, acs: ACS_EMPTY },
      management: {},
      more: SINGLE,
    }),
    groups: '00:01.0 | 01:00.0 | 01:00.1 | 02:00.0 | 02:01.0 | 03:00.0 | 04:00.0',
  },
  {
    row: 'row 38: a reverse bridge aliases',
    functions: [RP, pciToPcie('0000:01:00.0', { secondary: '02' }), endpoint('0000:02:00.0')],
    groups: '00:01.0 | 01:00.0 02:00.0',
    findings: { '0000:02:00.0': ['pci-to-pcie-bridge'] },
  },
]

function virtualFunctions(): FunctionSpec[] {
  return ['0000:01:10.0', '0000:01:10.1', '0000:02:00.0'].map((address, index) =>
    virtualFunction(address, { vf: { pf: '0000:01:00.0', index } }),
  )
}

/** The host with the groups that the table states, so that every function takes part. */
function withStatedGroups({ functions, groups }: Row): FunctionSpec[] {
  const lists = groups
    .split(' | ')
    .map((list) =>
      list.split(' ').map((each) => (each.split(':').length === 2 ? `0000:${each}` : each)),
    )
  return inGroups(lists, functions)
}

function kindsAt(model: IsolationModel, address: string): string[] {
  const parsed = parsePciAddress(address)
  if (parsed === undefined) throw new Error(`no address: ${address}`)
  return model.of(parsed).findings.map(({ kind }) => kind)
}

describe('acceptance table of groups', () => {
  test.each(ROWS)('$row', async (row) => {
    const functions = withStatedGroups(row)
    const topology = await loadTopology({ functions, ...(row.iommu && { iommu: row.iommu }) })
    const model = analyseIsolation(topology)
    expect(groupingText(model.prediction.widest)).toBe(row.groups)
    expect(model.check()).toEqual({ comparable: true, differences: [] })
    for (const device of topology.devices) {
      const alone = row.groups.split(' | ').includes(device.address.replace(/^0000:/, ''))
      expect(model.of(device.address).isolated, device.address).toEqual({
        known: true,
        value: alone,
      })
    }
    for (const [address, kinds] of Object.entries(row.findings ?? {})) {
      expect(kindsAt(model, address), address).toEqual(expect.arrayContaining([...kinds]))
    }
  })

  test('row 34: without an IOMMU there is nothing to compare and isolation is unknown', async () => {
    const topology = await loadTopology({ functions: [RP, endpoint('0000:01:00.0')], iommu: null })
    const model = analyseIsolation(topology)
    expect(model.check()).toEqual({ comparable: false, differences: [] })
    for (const { address } of topology.devices) {
      expect(model.of(address).isolated).toMatchObject({ known: false, gap: { why: 'absent' } })
      expect(kindsAt(model, address)).toContain('no-iommu-group')
    }
  })

  test('row 35: 64 bytes of config leave reasons unknown, never "no ACS"', async () => {
    const unprivileged = { config: 'unprivileged' } as const
    const functions = inGroups(
      [['0000:00:01.0'], ['0000:01:00.0', '0000:01:00.1']],
      [
        rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, ...unprivileged }),
        ...pair(unprivileged),
      ],
    )
    const topology = await loadTopology({ functions })
    const model = analyseIsolation(topology)
    expect(model.check()).toEqual({ comparable: false, differences: [] })
    for (const { address } of topology.devices) {
      expect(kindsAt(model, address)).toContain('isolation-unknown')
      expect(kindsAt(model, address)).not.toContain('no-acs-capability')
    }
  })
})
