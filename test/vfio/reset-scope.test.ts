import { describe, expect, test } from 'vitest'
import type { VfioHost } from '../../src/vfio/vfio-host.js'
import { affected, answer, at, capture, host, scopeOf, short, unaccounted } from '../support/ask.js'
import {
  ACS_EMPTY,
  ACS_OK,
  conventional,
  conventionalBridge,
  endpoint,
  type FunctionOptions,
  type FunctionSpec,
  pcieToPci,
  pciToPcie,
  rcEndpoint,
  rootPort,
  switchDown,
  switchUp,
  virtualFunction,
  vmd,
} from '../support/functions.js'

/** A vendor's kernel that took changes of newer releases; nobody knows which. */
const BACKPORTS = '6.12.0-55.el10.x86_64'

const SERVICES = 'sys/bus/pci_express'
const SLOTS = 'sys/bus/pci/slots'
const MF = { mfd: true }
const RP = rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK })
const PAIR = [endpoint('0000:01:00.0', MF), endpoint('0000:01:00.1', MF)]

/** The switch of row 8. */
function switchBelow(
  options: { up?: FunctionOptions; last?: FunctionOptions } = {},
): FunctionSpec[] {
  return [
    RP,
    switchUp('0000:01:00.0', { secondary: '02', ...options.up }),
    switchDown('0000:02:00.0', { secondary: '03', acs: ACS_OK }),
    switchDown('0000:02:01.0', { secondary: '04', acs: ACS_OK }),
    endpoint('0000:03:00.0'),
    endpoint('0000:04:00.0', { ...MF, ...options.last }),
    endpoint('0000:04:00.1', MF),
  ]
}

const WHOLE_SWITCH = '01:00.0 02:00.0 02:01.0 03:00.0 04:00.0 04:00.1'
const BELOW_UPSTREAM = '02:00.0 02:01.0 03:00.0 04:00.0 04:00.1'

const VFS = [
  RP,
  endpoint('0000:01:00.0', { ...MF, totalVfs: 8 }),
  endpoint('0000:01:00.1', MF),
  virtualFunction('0000:01:10.0', { vf: { pf: '0000:01:00.0', index: 0 } }),
  virtualFunction('0000:01:10.1', { vf: { pf: '0000:01:00.0', index: 1 } }),
  virtualFunction('0000:02:00.0', { vf: { pf: '0000:01:00.0', index: 2 } }),
]

/**
 * The "affected" column of the acceptance table (`test/iommu/acceptance-groups.test.ts`): by target the functions that
 * a hot reset touches, or why there is none (kind and culprit). Rows 3 to 5, 7, 9, 10, 12, 20 to 22, 25, 28, 32 and 36
 * differ from these in ACS and groups only.
 */
const ROWS: readonly [row: string, functions: readonly FunctionSpec[], Record<string, string>][] = [
  ['1: a lone endpoint', [RP, endpoint('0000:01:00.0')], { '01:00.0': '01:00.0' }],
  [
    '2: two functions',
    [RP, ...PAIR],
    { '01:00.0': '01:00.0 01:00.1', '01:00.1': '01:00.0 01:00.1' },
  ],
  [
    '6: endpoints below functions of one port device',
    [
      rootPort('0000:00:1c.0', { ...MF, secondary: '01' }),
      rootPort('0000:00:1c.1', { ...MF, secondary: '02' }),
      endpoint('0000:01:00.0'),
      endpoint('0000:02:00.0'),
    ],
    { '01:00.0': '01:00.0', '00:1c.0': 'root-bus 00:1c.0' },
  ],
  [
    '8: a switch',
    switchBelow(),
    {
      '03:00.0': '03:00.0',
      '04:00.1': '04:00.0 04:00.1',
      '02:00.0': BELOW_UPSTREAM,
      '01:00.0': WHOLE_SWITCH,
    },
  ],
  [
    '11: a function beside the upstream port',
    [...switchBelow({ up: MF }), endpoint('0000:01:00.1', MF)],
    { '01:00.1': '01:00.0 01:00.1 02:00.0 02:01.0 03:00.0 04:00.0 04:00.1', '03:00.0': '03:00.0' },
  ],
  [
    '13: a conventional bus below a PCIe bridge',
    [
      RP,
      pcieToPci('0000:01:00.0', { secondary: '02' }),
      conventional('0000:02:00.0'),
      conventional('0000:02:01.0'),
    ],
    { '02:00.0': '02:00.0 02:01.0', '01:00.0': '01:00.0 02:00.0 02:01.0' },
  ],
  [
    '14: a conventional bridge on the root bus',
    [
      conventionalBridge('0000:00:1e.0', { secondary: '01' }),
      conventional('0000:01:00.0'),
      conventional('0000:01:01.0'),
    ],
    { '01:00.0': '01:00.0 01:01.0' },
  ],
  ['15: the root bus', [rcEndpoint('0000:00:02.0')], { '00:02.0': 'root-bus 00:02.0' }],
  [
    '17: VFs on the bus of the PF and on a virtual one',
    VFS,
    {
      '01:00.0': '01:00.0 01:00.1 01:10.0 01:10.1',
      '01:10.0': '01:00.0 01:00.1 01:10.0 01:10.1',
      '02:00.0': 'virtual-bus 02:00.0',
    },
  ],
  [
    '19: below VMD',
    [
      vmd('0000:00:0e.0', { childDomain: '10000:e0' }),
      rootPort('10000:e0:06.0', { secondary: 'e1' }),
      endpoint('10000:e1:00.0'),
    ],
    { '10000:e1:00.0': '10000:e1:00.0', '10000:e0:06.0': 'root-bus 10000:e0:06.0' },
  ],
  [
    '23: nested bridges',
    [
      RP,
      pcieToPci('0000:01:00.0', { secondary: '02' }),
      conventionalBridge('0000:02:08.0', { secondary: '03' }),
      conventional('0000:03:00.0'),
    ],
    { '03:00.0': '03:00.0', '02:08.0': '02:08.0 03:00.0' },
  ],
  [
    '29: a port that forbids it',
    [{ ...RP, id: '10de:22ce' }, endpoint('0000:01:00.0')],
    { '01:00.0': 'no-bus-reset 00:01.0' },
  ],
  [
    '30: a flagged function blocks whatever holds it, not its cousins',
    switchBelow({ last: { id: '168c:003c' } }),
    {
      '03:00.0': '03:00.0',
      '04:00.0': 'no-bus-reset 04:00.0',
      '02:00.0': 'no-bus-reset 04:00.0',
      '02:01.0': 'no-bus-reset 04:00.0',
      '01:00.0': 'no-bus-reset 04:00.0',
    },
  ],
  [
    '35: config space readable to 64 bytes',
    switchBelow({ last: { config: 'unprivileged' } }).map((each) => ({
      ...each,
      config: 'unprivileged' as const,
    })),
    { '03:00.0': '03:00.0', '02:00.0': BELOW_UPSTREAM },
  ],
  [
    '38: a reverse bridge',
    [RP, pciToPcie('0000:01:00.0', { secondary: '02' }), endpoint('0000:02:00.0')],
    { '02:00.0': '02:00.0' },
  ],
]

describe.each(ROWS)('row %s', (_row, functions, expected) => {
  test.each(Object.entries(expected))('%s: %s', async (target, text) => {
    const vfio = await host({ functions })
    expect(text.includes('-') ? denialText(vfio, target) : affected(vfio, target)).toBe(text)
  })
})

test('row 17: a VF on a virtual bus is destroyed with its PF, unaccounted', async () => {
  const vfio = await host({ functions: VFS })
  expect(unaccounted(vfio, '01:00.0')).toBe('02:00.0')
  expect(unaccounted(vfio, '02:00.0')).toBe('')
})

describe('row 26: ARI functions', () => {
  const functions = [
    { ...RP, slot: { hotplug: true }, pciehp: true },
    endpoint('0000:01:00.0', MF),
    endpoint('0000:01:00.1', MF),
    endpoint('0000:01:01.0', MF),
  ]

  test('a bus reset lists all three', async () => {
    const [, ...below] = functions
    expect(affected(await host({ functions: [RP, ...below] }), '01:00.0')).toBe(
      '01:00.0 01:00.1 01:01.0',
    )
  })

  test('a narrow slot leaves the function at device number 1 out', async () => {
    const vfio = await host({ functions, kernel: '6.12.117' })
    expect(affected(vfio, '01:00.1')).toBe('01:00.0 01:00.1')
    expect(unaccounted(vfio, '01:00.1')).toBe('01:01.0')
    expect(affected(vfio, '01:01.0')).toBe('01:00.0 01:00.1 01:01.0')
  })

  test.each(['5.10.263', '6.1.0-57-amd64', '6.12.118', '6.12.118+deb13-amd64', '6.18.40', '7.0'])(
    'no stable line took wide slots: %s is narrow',
    async (kernel) => {
      const vfio = await host({ functions, kernel })
      expect(affected(vfio, '01:00.0')).toBe('01:00.0 01:00.1')
    },
  )

  test('where the width of slots is not known both are weighed', async () => {
    const vfio = await host({ functions, kernel: BACKPORTS })
    const { worlds, gaps } = vfio.scopes.worldsOf(at(vfio, '01:00.0'))
    const lists = worlds.map((world) =>
      short(vfio.scopes.answer(at(vfio, '01:00.0'), world).scope?.affected ?? []),
    )
    expect(lists).toEqual(['01:00.0 01:00.1', '01:00.0 01:00.1 01:01.0'])
    expect(gaps).toMatchObject([{ why: 'unmodelled' }])
  })
})

describe('the width of a slot where it changes nothing', () => {
  test('is not split over: every function has device number 0', async () => {
    const functions = [{ ...RP, slot: { hotplug: true }, pciehp: true }, ...PAIR]
    const vfio = await host({ functions, kernel: BACKPORTS })
    expect(vfio.scopes.worldsOf(at(vfio, '01:00.0'))).toMatchObject({
      worlds: { length: 1 },
      gaps: [],
    })
  })
})

describe('a flag in a slot', () => {
  const functions = [
    { ...RP, slot: { hotplug: true }, pciehp: true },
    endpoint('0000:01:00.0'),
    endpoint('0000:01:01.0', { id: '168c:003c' }),
  ]

  test('counts only where the slot holds its function', async () => {
    const vfio = await host({ functions, kernel: '6.12.117' })
    expect(scopeOf(vfio, '01:00.0').scope).toMatchObject({ kind: 'slot' })
    expect(denialText(vfio, '01:01.0')).toBe('no-bus-reset 01:01.0')
  })

  test('counts on the whole bus once slots cover it', async () => {
    const vfio = await host({ functions, kernel: '7.3.4' })
    expect(denialText(vfio, '01:00.0')).toBe('no-bus-reset 01:01.0')
  })
})

/** pciehp was not captured: whether it owns the port shows in the port's registers, or in the slots. */
describe('a capture without port services', () => {
  const ARI = [endpoint('0000:01:00.0', MF), endpoint('0000:01:01.0', MF)]
  const kernel = '6.12.117'

  test.each([
    ['a hot-plug capable slot leaves it open', { slot: { hotplug: true } }, 2],
    ['a slot that cannot hot-plug settles it', { slot: { hotplug: false } }, 1],
    ['a port without a slot settles it', {}, 1],
    ['registers out of reach leave it open', { config: 'unprivileged' }, 2],
  ] as const)('%s', async (_case, port, worlds) => {
    const vfio = await capture({ functions: [{ ...RP, ...port }, ...ARI], kernel }, SERVICES, SLOTS)
    expect(vfio.scopes.worldsOf(at(vfio, '01:00.0')).worlds).toHaveLength(worlds)
  })

  test('no slot on the bus settles it', async () => {
    const functions = [{ ...RP, slot: { hotplug: true } }, ...ARI]
    const vfio = await capture({ functions, kernel }, SERVICES)
    expect(vfio.scopes.worldsOf(at(vfio, '01:00.0')).worlds).toHaveLength(1)
  })

  test('the slot names its driver', async () => {
    const functions = [{ ...RP, slot: { hotplug: true, number: 7 }, pciehp: true }, ...ARI]
    const files = { 'sys/bus/pci/slots/7/module': { link: '../../../../module/pciehp' } }
    const vfio = await capture({ functions, kernel, files }, SERVICES)
    expect(affected(vfio, '01:00.0')).toBe('01:00.0')
  })

  test('a slot of another driver leaves it open', async () => {
    const functions = [{ ...RP, slot: { hotplug: true, number: 7 }, pciehp: true }, ...ARI]
    const vfio = await capture({ functions, kernel }, SERVICES)
    expect(vfio.scopes.worldsOf(at(vfio, '01:00.0')).worlds).toHaveLength(2)
  })

  test('a slot that could not be read leaves it open', async () => {
    const functions = [{ ...RP, slot: { hotplug: true } }, ...ARI]
    const files = { 'sys/bus/pci/slots/7/address': 'garbled\n' }
    const vfio = await capture({ functions, kernel, files }, SERVICES)
    expect(vfio.scopes.worldsOf(at(vfio, '01:00.0')).worlds).toHaveLength(2)
  })

  test('a verdict stays firm where slot and bus hold the same functions', async () => {
    const functions = [
      { ...RP, slot: { hotplug: true }, group: 1 },
      endpoint('0000:01:00.0', { driver: 'vfio-pci', group: 10 }),
    ]
    const vfio = await capture({ functions, kernel }, SERVICES, SLOTS)
    expect(vfio.scopes.worldsOf(at(vfio, '01:00.0')).worlds).toHaveLength(2)
    expect(answer(vfio, 'group-fds', '01:00.0')).toBe('permitted')
  })
})

describe('unread IDs', () => {
  const GONE = { 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1/vendor': 'garbled\n' }

  test('a function that may carry the flag leaves the reset open', async () => {
    const uevent = 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1/uevent'
    const vfio = await host({
      functions: [RP, ...PAIR],
      files: { ...GONE, [uevent]: 'DRIVER=x\n' },
    })
    const { worlds } = vfio.scopes.worldsOf(at(vfio, '01:00.0'))
    const denials = worlds.map((world) => vfio.scopes.answer(at(vfio, '01:00.0'), world).denials)
    expect(denials).toEqual([[], [{ kind: 'no-bus-reset', address: '0000:01:00.1' }]])
  })
})

describe('masked secondary bus reset', () => {
  test('row 33: a CXL port with Unmask SBR clear is told; the scope is as without', async () => {
    const functions = [
      { ...RP, cxl: { unmaskSbr: false } },
      endpoint('0000:01:00.0', { acs: ACS_EMPTY }),
    ]
    const vfio = await host({ functions })
    expect(at(vfio, '00:01.0').sbrMasked).toEqual({ known: true, value: true })
    expect(affected(vfio, '01:00.0')).toBe('01:00.0')
  })
})

/** `kind address` of the first denial. */
function denialText(vfio: VfioHost, target: string): string {
  const [denial] = scopeOf(vfio, target).denials
  return denial === undefined ? '' : `${denial.kind} ${denial.address.replace(/^0000:/, '')}`
}
