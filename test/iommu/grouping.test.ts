import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findAliasPeers } from '../../src/iommu/alias-peers.js'
import { analyseIsolation } from '../../src/iommu/analyse-isolation.js'
import { simulateGrouping } from '../../src/iommu/grouping.js'
import { isolationRules } from '../../src/iommu/isolation.js'
import { registrationOrder } from '../../src/iommu/registration-order.js'
import { buildTopology } from '../../src/pci/build-topology.js'
import type { Topology } from '../../src/pci/topology.js'
import { climbForEach } from '../support/climb-for-each.js'
import {
  ACS_OK,
  conventional,
  conventionalBridge,
  endpoint,
  type FunctionOptions,
  type FunctionSpec,
  pcieToPci,
  pciToPcie,
  rootPort,
  switchDown,
  switchUp,
  virtualFunction,
  vmd,
} from '../support/functions.js'
import { groupingText, partitionText, shortAddress } from '../support/groups.js'
import { buildHost } from '../support/host-builder.js'
import { loadFiles, loadTopology } from '../support/load-host.js'
import { randomFunctions } from '../support/random-host.js'

/** Hosts for each property. */
const RUNS = 20

const hex = (value: number) => value.toString(16).padStart(2, '0')
const allInGroups = (functions: readonly FunctionSpec[]) =>
  functions.map((each, group) => ({ ...each, group }))

async function widestGroups(functions: readonly FunctionSpec[]): Promise<string> {
  const topology = await loadTopology({ functions: allInGroups(functions) })
  return groupingText(analyseIsolation(topology).prediction.widest)
}

describe('order of registration', () => {
  test('bus by bus, depth first; then VFs; then domains behind a VMD', async () => {
    const topology = await loadTopology({
      functions: [
        vmd('0000:00:0e.0', { childDomain: '10000:e0' }),
        rootPort('10000:e0:06.0', { secondary: 'e1' }),
        endpoint('10000:e1:00.0'),
        rootPort('0000:00:01.0', { secondary: '05' }),
        rootPort('0000:00:02.0', { secondary: '01' }),
        endpoint('0000:01:00.0'),
        virtualFunction('0000:01:10.0', { vf: { pf: '0000:01:00.0', index: 0 } }),
        switchUp('0000:05:00.0', { secondary: '06' }),
        switchDown('0000:06:00.0', { secondary: '07' }),
        switchDown('0000:06:01.0', { secondary: '08' }),
        endpoint('0000:07:00.0'),
        conventional('0000:80:00.0'),
      ],
    })
    const order = registrationOrder(topology).map(({ address }) => shortAddress(address))
    expect(order).toEqual([
      ...['00:01.0', '00:02.0', '00:0e.0', '05:00.0', '06:00.0', '06:01.0', '07:00.0', '01:00.0'],
      ...['80:00.0', '01:10.0', '10000:e0:06.0', '10000:e1:00.0'],
    ])
  })
})

describe('an upstream port at device number 1', () => {
  const below = [
    switchUp('0000:01:01.0', { secondary: '02' }),
    switchDown('0000:02:00.0', { secondary: '03', acs: ACS_OK }),
    switchDown('0000:02:01.0', { secondary: '04', acs: ACS_OK }),
    endpoint('0000:03:00.0'),
    endpoint('0000:04:00.0'),
  ]
  const port = (options: FunctionOptions) =>
    rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, ...options })

  test('is a single function where it was found by pci=pcie_scan_all', async () => {
    expect(await widestGroups([port({}), ...below])).toBe(
      '00:01.0 | 01:01.0 | 02:00.0 | 02:01.0 | 03:00.0 | 04:00.0',
    )
  })

  test('is one of several where ARI is forwarded to it', async () => {
    expect(await widestGroups([port({ ari: true }), ...below])).toBe(
      '00:01.0 | 01:01.0 02:00.0 02:01.0 03:00.0 04:00.0',
    )
  })
})

describe('beyond the acceptance table', () => {
  test('a function without a group takes no part and pulls nobody in', async () => {
    const slot = [0, 2, 3].map((func) =>
      conventional(`0000:00:00.${func}`, { mfd: true, ...(func !== 2 && { group: func }) }),
    )
    const topology = await loadTopology({ functions: slot, iommu: 'amd' })
    const { prediction } = analyseIsolation(topology)
    expect(groupingText(prediction.widest)).toBe('00:00.0 00:00.3')
  })

  test('a bridge without a group is climbed over', async () => {
    const topology = await loadTopology({
      functions: [
        rootPort('0000:00:01.0', { secondary: '01', group: 0 }),
        switchUp('0000:01:00.0', { secondary: '02' }),
        switchDown('0000:02:00.0', { secondary: '03' }),
        endpoint('0000:03:00.0', { group: 1 }),
      ],
    })
    const { prediction } = analyseIsolation(topology)
    expect(groupingText(prediction.widest)).toBe('00:01.0 03:00.0')
  })

  test('a mislabelled port is corrected before it is judged', async () => {
    const groups = await widestGroups([
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK }),
      switchDown('0000:01:00.0', { secondary: '02' }),
      switchUp('0000:02:00.0', { secondary: '03', acs: ACS_OK }),
      endpoint('0000:03:00.0'),
    ])
    expect(groups).toBe('00:01.0 | 01:00.0 | 02:00.0 | 03:00.0')
  })

  test('the alias walk stops at a bridge where translation happens', async () => {
    const below = async (id: string) => {
      const topology = await loadTopology({
        functions: [
          rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 0 }),
          pciToPcie('0000:01:00.0', { id, secondary: '02' }),
          rootPort('0000:02:00.0', { secondary: '03', acs: ACS_OK, group: 1 }),
          endpoint('0000:03:00.0', { group: 2 }),
        ],
      })
      return groupingText(analyseIsolation(topology).prediction.widest)
    }
    // A bridge without a group of its own lends its ID to each function, and each gets a new group for it.
    expect(await below('14e4:9001')).toBe('00:01.0 | 02:00.0 | 03:00.0')
    // Without that alias only the path counts, and it leads to 02:00.0.
    expect(await below('14e4:9000')).toBe('00:01.0 | 02:00.0 03:00.0')
  })

  test('an alias without a group stands for the functions of its slot', async () => {
    const topology = await loadTopology({
      functions: [
        conventional('0000:00:10.0', { mfd: true }),
        conventional('0000:00:10.1', { mfd: true, group: 0 }),
        conventional('0000:00:13.0', { id: '8086:2260', group: 1 }),
      ],
    })
    const { prediction } = analyseIsolation(topology)
    expect(groupingText(prediction.widest)).toBe('00:10.1 00:13.0')
  })

  test('an alias on another slot of the bus joins its group, and the other functions of that slot', async () => {
    const groups = await widestGroups([
      rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK }),
      pcieToPci('0000:01:00.0', { secondary: '02' }),
      conventional('0000:00:03.0', { id: '8086:2260' }),
      conventional('0000:00:10.0', { mfd: true }),
      conventional('0000:00:10.1', { mfd: true }),
      conventional('0000:00:11.0'),
      conventional('0000:00:12.0'),
    ])
    expect(groups).toBe('00:01.0 | 00:03.0 00:10.0 00:10.1 00:11.0 | 00:12.0 | 01:00.0')
  })

  test('the PLX NTB shares a group with everything on its bus', async () => {
    const groups = await widestGroups([
      conventional('0000:00:00.0'),
      conventional('0000:00:01.0', { id: '10b5:87b0' }),
      conventional('0000:00:1f.7', { mfd: true }),
    ])
    expect(groups).toBe('00:00.0 00:01.0 00:1f.7')
  })

  test('a fixed alias counts for the subsystems it was made for', async () => {
    const host = (subsystem: string) => [
      conventional('0000:00:01.0'),
      conventional('0000:00:0e.0', { id: '9005:0285', subsystem }),
    ]
    expect(await widestGroups(host('9005:02bb'))).toBe('00:01.0 00:0e.0')
    expect(await widestGroups(host('9005:02bd'))).toBe('00:01.0 | 00:0e.0')
  })

  test('IDs in device memory cannot be predicted: not comparable, and isolation unknown', async () => {
    const ntb = conventional('0000:00:03.0', { id: '11f8:8536', class: 0x068000 })
    const lone = [ntb, conventional('0000:01:00.0')]
    const shared = [ntb, conventional('0000:00:04.0')]
    const model = async (functions: readonly FunctionSpec[]) =>
      analyseIsolation(await loadTopology({ functions: allInGroups(functions) }))
    expect((await model(lone)).check()).toEqual({ comparable: true, differences: [] })
    const unsure = await model(shared)
    expect(unsure.check().comparable).toBe(false)
    expect(groupingText(unsure.prediction.narrowest)).toBe('00:03.0 | 00:04.0')
    expect(groupingText(unsure.prediction.widest)).toBe('00:03.0 00:04.0')
  })
})

describe('functions that come after the others', () => {
  const port = rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 0 })
  const card = (second: number, options: FunctionOptions = {}) => [
    port,
    endpoint('0000:01:00.0', { id: '10de:2204', mfd: true, group: 1 }),
    endpoint('0000:01:00.1', { id: '10de:1aef', group: second, ...options }),
    rootPort('0000:00:02.0', { secondary: '02', acs: ACS_OK, group: 2 }),
    endpoint('0000:02:00.0', { group: 3 }),
  ]

  test('group numbers tell that it came late, its header that it looked single', async () => {
    const model = analyseIsolation(await loadTopology({ functions: card(4) }))
    expect(model.check()).toEqual({ comparable: true, differences: [] })
    const [late] = model.prediction.late
    if (late === undefined) throw new Error('nobody came late')
    expect(late.address).toBe('0000:01:00.1')
    const { isolated, findings } = model.of(late.address)
    expect(isolated).toEqual({ known: true, value: true })
    expect(findings).toEqual([
      { kind: 'no-acs-capability', at: '0000:01:00.1' },
      { kind: 'multifunction-not-isolated', at: '0000:01:00.1', with: ['0000:01:00.0'] },
      { kind: 'grouped-as-single-function', at: '0000:01:00.1' },
    ])
  })

  test('a header that says multifunction is believed at once', async () => {
    const functions = card(4, { mfd: true })
    const { differences } = analyseIsolation(await loadTopology({ functions })).check()
    expect(differences.map(({ predicted }) => partitionText(predicted))).toEqual([
      '01:00.0 01:00.1',
    ])
  })

  test('where numbers do not tell, it is offered as an explanation', async () => {
    const functions = card(2).slice(0, 3)
    const [difference] = analyseIsolation(await loadTopology({ functions })).check().differences
    expect(difference?.explanation).toEqual([
      { kind: 'grouped-as-single-function', at: '0000:01:00.1' },
    ])
  })
})

describe('what an unread register can and cannot change', () => {
  const hidden = { config: 'absent' } as const
  const port = rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK })

  async function isolatedOf(functions: readonly FunctionSpec[]) {
    const topology = await loadTopology({ functions: allInGroups(functions) })
    const model = analyseIsolation(topology)
    const { narrowest, widest } = model.prediction
    const answers = topology.devices.map((device) => {
      const [least = 0, most = 0] = [narrowest, widest].map(({ groups, groupOf }) => {
        return groups[groupOf.get(device) ?? -1]?.length
      })
      const isAlone = most === 1 ? true : least > 1 ? false : 'unread'
      return [shortAddress(device.address), isAlone]
    })
    return { comparable: model.check().comparable, ...Object.fromEntries(answers) }
  }

  test('a single endpoint needs no config of its own', async () => {
    expect(await isolatedOf([port, endpoint('0000:01:00.0', hidden)])).toEqual({
      comparable: true,
      '00:01.0': true,
      '01:00.0': true,
    })
  })

  test('a function that does not isolate beside one that was not read', async () => {
    const functions = [
      port,
      endpoint('0000:01:00.0', { id: '10de:2204', mfd: true }),
      endpoint('0000:01:00.1', { id: '10de:1aef', ...hidden }),
    ]
    expect(await isolatedOf(functions)).toMatchObject({
      comparable: false,
      '00:01.0': true,
      '01:00.0': 'unread',
      '01:00.1': 'unread',
    })
  })

  test('an isolated function beside one that was not read', async () => {
    const functions = [
      port,
      endpoint('0000:01:00.0', { id: '10de:2204', mfd: true, acs: { cap: 0, ctl: 0 } }),
      endpoint('0000:01:00.1', { id: '10de:1aef', ...hidden }),
    ]
    expect(await isolatedOf(functions)).toEqual({
      comparable: true,
      '00:01.0': true,
      '01:00.0': true,
      '01:00.1': true,
    })
  })

  test('below a port that certainly does not isolate the rest does not matter', async () => {
    const functions = [
      rootPort('0000:00:01.0', { secondary: '01' }),
      switchUp('0000:01:00.0', { secondary: '02', ...hidden }),
      endpoint('0000:02:00.0'),
    ]
    expect(await isolatedOf(functions)).toEqual({
      comparable: true,
      '00:01.0': false,
      '01:00.0': false,
      '02:00.0': false,
    })
  })
})

describe('properties', { timeout: 60_000 }, () => {
  test('the groups partition the functions', async () => {
    await fc.assert(
      fc.asyncProperty(randomFunctions, async (functions) => {
        const topology = await loadTopology({ functions })
        const { groups } = analyseIsolation(topology).prediction.widest
        const members = groups.flat().sort()
        expect(members).toEqual(topology.devices.map(({ address }) => address).sort())
      }),
      { numRuns: RUNS },
    )
  })

  test('climbing anew from every function, as the kernel does, gives the same groups', async () => {
    const withGaps = randomFunctions.chain((functions) =>
      fc.tuple(
        fc.constant(functions),
        fc.array(fc.boolean(), { minLength: functions.length, maxLength: functions.length }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(withGaps, async ([functions, hidden]) => {
        const some = functions.map(({ group = 0, ...each }, index) =>
          hidden[index] && index % 3 === 0 ? each : { ...each, group },
        )
        const topology = await loadTopology({ functions: some })
        const { prediction } = analyseIsolation(topology)
        expect(groupingText(prediction.widest)).toBe(partitionText(climbForEach(topology)))
      }),
      { numRuns: 2 * RUNS },
    )
  })

  test('the order in which functions are listed does not matter', async () => {
    const shuffled = randomFunctions.chain((functions) =>
      fc.tuple(
        fc.constant(functions),
        fc.shuffledSubarray(functions, { minLength: functions.length }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(shuffled, async ([functions, others]) => {
        const [a, b] = await Promise.all([
          loadTopology({ functions }),
          loadTopology({ functions: others }),
        ])
        const [one, other] = [analyseIsolation(a), analyseIsolation(b)]
        expect(groupingText(other.prediction.widest)).toBe(groupingText(one.prediction.widest))
        for (const { address } of a.devices) expect(other.of(address)).toEqual(one.of(address))
      }),
      { numRuns: RUNS },
    )
  })

  test('hiding config never changes an answer, it only takes answers away', async () => {
    const hiding = randomFunctions.chain((functions) =>
      fc.tuple(
        fc.constant(functions),
        fc.array(fc.constantFrom('full', 'full', 'unprivileged', 'absent', 'ones' as const), {
          minLength: functions.length,
          maxLength: functions.length,
        }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(hiding, async ([functions, how]) => {
        const partly = functions.map((each, index) => ({ ...each, config: how[index] ?? 'full' }))
        const seen = analyseIsolation(await loadTopology({ functions }))
        const topology = await loadTopology({ functions: partly })
        const masked = analyseIsolation(topology)
        if (masked.check().comparable) {
          expect(groupingText(masked.prediction.widest)).toBe(groupingText(seen.prediction.widest))
        }
        for (const { address } of topology.devices) {
          const { isolated } = masked.of(address)
          if (isolated.known) expect(isolated, address).toEqual(seen.of(address).isolated)
        }
      }),
      { numRuns: 2 * RUNS },
    )
  })

  test('the narrowest groups refine the widest', async () => {
    await fc.assert(
      fc.asyncProperty(randomFunctions, async (functions) => {
        const hidden = functions.map((each) => ({ ...each, config: 'unprivileged' as const }))
        const { prediction } = analyseIsolation(await loadTopology({ functions: hidden }))
        for (const members of prediction.narrowest.groups) {
          const wide = prediction.widest.groups.filter((group) =>
            members.some((address) => group.includes(address)),
          )
          expect(wide.length, partitionText([members])).toBe(1)
        }
      }),
      { numRuns: RUNS },
    )
  })
})

describe('work grows with functions and edges', { timeout: 30_000 }, () => {
  /** Questions asked about isolation while groups are formed. */
  function questions(topology: Topology): number {
    let asked = 0
    const rules = isolationRules(topology)
    const counting: typeof rules = {
      ...rules,
      isolated: (device) => {
        asked += 1
        return rules.isolated(device)
      },
      pathIsolated: (bridge) => {
        asked += 1
        return rules.pathIsolated(bridge)
      },
    }
    const peers = findAliasPeers(topology)
    const order = registrationOrder(topology)
    const input = {
      topology,
      rules: counting,
      peers,
      order,
      participates: () => true,
      late: new Set<never>(),
    }
    const { groups } = simulateGrouping(input, 'widest')
    expect(groups.flat().length).toBe(topology.devices.length)
    return asked
  }

  test('one group of many functions', async () => {
    const host = (ports: number) => [
      rootPort('0000:00:01.0', { secondary: '01' }),
      switchUp('0000:01:00.0', { secondary: '02' }),
      ...Array.from({ length: ports }, (_, port) => [
        switchDown(`0000:02:${hex(port >> 3)}.${port & 7}`, { secondary: hex(port + 3) }),
        ...Array.from({ length: 8 }, (__, func) =>
          endpoint(`0000:${hex(port + 3)}:00.${func}`, { mfd: true }),
        ),
      ]).flat(),
    ]
    const small = questions(await loadTopology({ functions: host(20) }))
    const large = questions(await loadTopology({ functions: host(80) }))
    expect(large / small).toBeLessThan(4.5)
  })

  test('a bus of 256 conventional functions', async () => {
    const functions = Array.from({ length: 256 }, (_, devfn) =>
      conventional(`0000:00:${hex(devfn >> 3)}.${devfn & 7}`, { mfd: true }),
    )
    expect(questions(await loadTopology({ functions }))).toBeLessThan(256 * 10)
  })

  test('bridges nested as deep as bus numbers go', async () => {
    const functions = Array.from({ length: 255 }, (_, bus) =>
      conventionalBridge(`0000:${hex(bus)}:00.0`, { secondary: hex(bus + 1) }),
    )
    expect(questions(await loadTopology({ functions }))).toBeLessThan(255 * 4)
  })
})

test('a tree in which bridges hold each other ends', async () => {
  const [a, b] = ['0000:01:00.0', '0000:02:00.0'] as const
  const files = buildHost({
    functions: allInGroups([
      rootPort('0000:00:01.0', { secondary: '05' }),
      switchUp(a, { secondary: '02' }),
      switchUp(b, { secondary: '01' }),
    ]).slice(0, 1),
  })
  const root = 'sys/devices/pci0000:00'
  for (const [own, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const path = `${root}/${other}/${own}`
    files[`sys/bus/pci/devices/${own}`] = { link: `../../../../${path}` }
    files[`${path}/uevent`] = 'PCI_CLASS=60400\nPCI_ID=104C:8232\n'
    files[`${path}/iommu_group`] = { link: '../../../../kernel/iommu_groups/7' }
  }
  const topology = buildTopology(await loadFiles(files))
  const { prediction, check, of } = analyseIsolation(topology)
  expect(topology.devices.length).toBe(3)
  expect(prediction.widest.groups.flat().length).toBe(3)
  expect(check().comparable).toBe(false)
  for (const { address } of topology.devices) expect(of(address).findings.length).toBeLessThan(9)
})
