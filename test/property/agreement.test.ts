import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PciAddress } from '../../src/host/pci-address.js'
import { createMemoryTree } from '../../src/host/tree/memory-tree.js'
import type { HostTree } from '../../src/host/tree/tree.js'
import { isHostNeed } from '../../src/inspect/report-index.js'
import { renderDevice } from '../../src/inspect/text/render-inspect.js'
import { findCheck } from '../../src/preflight/checks/find-check.js'
import { CHECKS } from '../../src/preflight/checks/index.js'
import { runPreflight } from '../../src/preflight/preflight.js'
import { complaintsAbout } from '../support/agreement/complaints.js'
import { differenceComplaints } from '../support/agreement/diff-agrees.js'
import { type Inspected, inspected, vmOf } from '../support/agreement/inspected.js'
import { LABS, openFixture, openLabState, REAL_HOSTS } from '../support/fixtures.js'
import {
  ACS_OK,
  endpoint,
  type FunctionOptions,
  type FunctionSpec,
  rootPort,
} from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import type { HostFiles } from '../support/host-files.js'
import { type HostSpec, hasCdev } from '../support/host-spec.js'
import { labStates } from '../support/lab-states.js'
import { randomVfioHost } from '../support/random-vfio-host.js'

/*
 * Whatever is asked about a function, the answers rest on the same facts: which reset of its own it has and whether a VM start
 * relies on it, what its hot reset affects, whether that is permitted, and what the host needs it for.
 */

const SLOW = { timeout: 600_000 }

describe('all answers about a function rest on the same facts', SLOW, () => {
  test.each(REAL_HOSTS)('%s', async (name) => {
    expect(complaintsAbout(await inspected(await openFixture(name)))).toEqual([])
  })

  describe.each(LABS)('%s', (lab) => {
    test.each(labStates(lab))('%s', async (state) => {
      const at = await inspected(openLabState(lab, state))
      expect(complaintsAbout(at)).toEqual([])
      const boot = await inspected(openLabState(lab, 'boot'))
      expect(differenceComplaints(boot, at)).toEqual([])
    })
  })

  test('hosts that nobody has seen', async () => {
    await fc.assert(
      fc.asyncProperty(randomHost, async (spec) => {
        expect(complaintsAbout(await inspected(treeOf(spec)))).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('what is foreseen of a function that is bound is what comes', async () => {
    await fc.assert(
      fc.asyncProperty(randomHost, fc.nat(), async (spec, index) => {
        const before = await inspected(treeOf(spec))
        const device = before.devices[index % before.devices.length]
        if (device === undefined) return
        const { address } = device
        const after = await inspected(treeOf(withBound(spec, address)))
        const [foreseen, came] = [before, after].map((at) => shownBound(at, address))
        expect(asFarAsTold(came, foreseen)).toEqual(asFarAsTold(foreseen, foreseen))
        expect(differenceComplaints(before, after)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

/** What the page says of a function that is ticked. */
function shownBound(at: Inspected, address: PciAddress) {
  const [device] = at.page.detail(address, new Map([[address, 'a']])).devices
  if (device === undefined) throw new Error(`${address} is gone`)
  const { ownReset, hotReset } = device
  // The outcomes by policy are those of the verdicts, of which the open ones are set aside.
  const { byPolicy: _, ...told } = hotReset
  return { ...told, ownReset, assumed: [] }
}

type Shown = ReturnType<typeof shownBound>

/** Without what `foreseen` leaves open, which can come out either way: whether it is permitted, or only the errno. */
function asFarAsTold(shown: Shown | undefined, foreseen: Shown | undefined) {
  const verdicts = shown?.verdicts.map((verdict, index) => {
    const { outcome, possible } = foreseen?.verdicts[index] ?? {}
    if (outcome === 'undetermined') return verdict.policy
    return possible === undefined ? verdict : [verdict.policy, verdict.outcome]
  })
  return { ...shown, verdicts }
}

/** Lists as kernels make them, as root leaves them, and as nobody here knows them. */
const resets = fc.record({
  resetMethods: fc.constantFrom(
    ...['flr bus', 'flr', 'pm', 'pm bus', 'bus', 'cxl_bus', 'bus cxl_bus', 'pm flr', 'acpi', ''],
    ...['device_specific flr', 'd3cold', 'bus pm'],
    null,
  ),
  flr: fc.boolean(),
  pm: fc.boolean(),
  bootVga: fc.boolean(),
})

/** The first is a root port: that it has the file shows that this kernel writes them. */
const MASKS: readonly FunctionOptions[] = [
  { resetMethods: 'pm' },
  { cxl: { unmaskSbr: false } },
  { cxl: { unmaskSbr: true } },
]

const randomHost: fc.Arbitrary<HostSpec> = fc
  .tuple(randomVfioHost, fc.array(resets, { minLength: 8, maxLength: 8 }))
  .map(([spec, choices]) => {
    const functions = spec.functions.map((each, index) => ({
      ...each,
      ...(each.header === 'normal' ? choices[index % choices.length] : MASKS[index % MASKS.length]),
    }))
    return { ...spec, functions, files: spec.dev === false ? {} : nodesOf(spec) }
  })

/** What is there as soon as VFIO is loaded, whatever is bound. */
function nodesOf(spec: HostSpec): HostFiles {
  return { 'dev/vfio/vfio': '', ...(hasCdev(spec) ? { 'dev/iommu': '' } : {}) }
}

/** The host after somebody bound the function to vfio-pci, where it is not bound to a driver of VFIO already. */
function withBound(spec: HostSpec, address: string): HostSpec {
  const target = spec.functions.find((each) => each.address === address)
  if (target === undefined || target.driver?.includes('vfio') === true) return spec
  const { driver: _, ...bare } = target
  const used = new Set(spec.functions.map(({ group }) => group))
  const unused = spec.functions.findIndex((_each, number) => !used.has(number))
  const needsGroup = target.group === undefined
  // No driver of VFIO probes a function without a group, unless no-IOMMU mode gives it one.
  const isRefused = needsGroup && spec.noiommu !== true
  const bound: FunctionSpec = {
    ...bare,
    enable: 0,
    ...(isRefused ? {} : { driver: 'vfio-pci' }),
    ...(needsGroup && !isRefused ? { group: unused } : {}),
  }
  const functions = spec.functions
    .filter(({ vf }) => vf?.pf !== address)
    .map((each) => (each === target ? bound : each))
  return { ...spec, functions }
}

function treeOf(spec: HostSpec, files: HostFiles = {}): HostTree {
  return createMemoryTree(Object.entries({ ...buildHost(spec), ...files }), {
    kind: 'live',
    path: null,
  })
}

describe('what contradicted itself', () => {
  test('cxl_bus: a reset of the bus that a VM start relies on, where the function is alone', async () => {
    const below = (...functions: readonly FunctionSpec[]): HostSpec => ({
      functions: [
        rootPort('0000:00:01.0', { secondary: '01', cxl: { unmaskSbr: false } }),
        ...functions,
      ],
    })
    const cxl: FunctionOptions = { driver: 'vfio-pci', group: 10, resetMethods: 'cxl_bus' }
    const alone = await inspected(treeOf(below(endpoint('0000:01:00.0', cxl))))
    expect(alone.devices[0]?.ownReset).toEqual({ methods: ['cxl_bus'], weak: false })
    expect(complaintsAbout(alone)).toEqual([])
    const beside = await inspected(
      treeOf(
        below(
          endpoint('0000:01:00.0', { ...cxl, mfd: true }),
          endpoint('0000:01:00.1', { ...cxl, mfd: true }),
        ),
      ),
    )
    expect(beside.devices.map(({ ownReset }) => ownReset)).toEqual([null, null])
    expect(complaintsAbout(beside)).toEqual([])
  })

  test('what the host cannot do without: no plan takes away what the check calls a failure', async () => {
    const at = await inspected(
      treeOf(
        {
          functions: [
            rootPort('0000:00:01.0', { secondary: '01', group: 1 }),
            endpoint('0000:01:00.0', {
              mfd: true,
              group: 10,
              driver: 'vfio-pci',
              resetMethods: '',
            }),
            endpoint('0000:01:00.1', { mfd: true, group: 10, driver: 'igb' }),
          ],
        },
        {
          'proc/net/route': 'Iface\tDestination\tGateway\tFlags\neth0\t00000000\t0102A8C0\t0003\n',
          'sys/class/net/eth0': {
            link: '../../devices/pci0000:00/0000:00:01.0/0000:01:00.1/net/eth0',
          },
          'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1/net/eth0/device': {
            link: '../../../0000:01:00.1',
          },
        },
      ),
    )
    const [vfio, route] = at.devices
    if (vfio === undefined || route === undefined) throw new Error('no functions')
    expect(
      at.report.warnings.filter(isHostNeed).map(({ kind, address }) => [kind, address]),
    ).toEqual([['active-route', route.address]])
    expect(complaintsAbout(at)).toEqual([])
    const question = {
      vms: [vmOf([vfio.address])],
      via: 'group',
      policy: null,
      withinGroup: false,
      plans: true,
    } as const
    const [vm] = runPreflight(at, question).vms
    const group = vm?.checks.find(({ id }) => id === 'group')
    expect(group?.outcome).toBe('fail')
    expect(group?.plan).toEqual({ found: false, why: 'host-needs', at: route.address })
    // Nor does inspect give a command for it.
    const text = renderDevice(at.report, vfio.address, { color: false, unicode: true, width: null })
    expect(text).toContain('No command is given for it.')
    expect(text).not.toContain('driver_override')
  })

  test('the checks that leave state are those that a VM’s verdict on resets is made of', async () => {
    const spec: HostSpec = {
      functions: [
        rootPort('0000:00:01.0', { secondary: '01', group: 1, acs: ACS_OK }),
        endpoint('0000:01:00.0', { mfd: true, group: 10, driver: 'vfio-pci', resetMethods: '' }),
        endpoint('0000:01:00.1', { mfd: true, group: 11, driver: 'vfio-pci', resetMethods: '' }),
      ],
    }
    const at = await inspected(treeOf(spec))
    const [first] = at.devices
    if (first === undefined) throw new Error('no function')
    for (const withinGroup of [false, true]) {
      const question = {
        vms: [vmOf([first.address])],
        via: 'group',
        policy: null,
        withinGroup,
        plans: false,
      } as const
      const [vm] = runPreflight(at, question).vms
      const failing = (vm?.checks ?? []).filter(({ outcome }) => outcome === 'fail')
      const ids = failing.map(({ id }) => id)
      expect(ids.includes('within-group')).toBe(withinGroup)
      expect(ids.every((id) => findCheck(id).leavesState)).toBe(true)
      expect([vm?.starts, vm?.resets]).toEqual(['cannot-tell', 'fail'])
    }
    expect(CHECKS.filter(({ leavesState }) => leavesState).map(({ id }) => id)).toEqual([
      'reset-set',
      'reset-ownership',
      'reset-at-start',
      'within-group',
    ])
  })
})
