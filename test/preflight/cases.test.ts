import { describe, expect, test } from 'vitest'
import {
  ACS_OK,
  ACS_REDIRECT_OFF,
  endpoint,
  type FunctionOptions,
  type FunctionSpec,
  rootPort,
  switchDown,
  switchUp,
  virtualFunction,
} from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import { checkOf, type PreflightAsk, planOf, preflight, told } from '../support/preflight.js'

/*
 * What users asked in public, as numbered in docs/cases.md, each with the answer that would have helped them.
 */

const GPU: FunctionOptions = { id: '10de:2204', class: 0x030000, mfd: true, driver: 'vfio-pci' }
const AUDIO: FunctionOptions = { id: '10de:1aef', class: 0x040300, mfd: true, driver: 'vfio-pci' }
const BUS = { resetMethods: 'bus\n' } as const
const FLR = { flr: true, resetMethods: 'flr\n' } as const
const NONE = { resetMethods: '' } as const

/** A card with a graphics and an audio function below a port. */
function gpu(zero: FunctionOptions, one: FunctionOptions, port: FunctionOptions = {}): HostSpec {
  return {
    functions: [
      rootPort('0000:00:01.0', { secondary: '03', acs: ACS_OK, group: 1, ...port }),
      endpoint('0000:03:00.0', { ...GPU, group: 16, ...zero }),
      endpoint('0000:03:00.1', { ...AUDIO, group: 17, ...one }),
    ],
  }
}

function onRootBus(options: FunctionOptions): HostSpec {
  return { functions: [endpoint('0000:00:1f.3', { group: 9, driver: 'vfio-pci', ...options })] }
}

const F0: PreflightAsk = { functions: ['03:00.0'] }
const BOTH: PreflightAsk = { functions: ['03:00.0', '03:00.1'] }

describe('ownership refusals', () => {
  test('case 1: a sibling in a group that the VM does not own, harmless because FLR exists', async () => {
    const answer = await preflight(gpu(FLR, BUS), F0)
    expect(told(answer, 'reset-ownership', '03:00.0')).toBe('warn harmless group-not-owned')
    expect(checkOf(answer, 'reset-ownership', '03:00.0').reasons).toMatchObject([
      { address: '0000:03:00.1', group: 17 },
    ])
  })

  test('case 1: the same without FLR is fatal, and the way out is to give it to the same VM', async () => {
    const answer = await preflight(gpu(BUS, BUS), F0)
    expect(told(answer, 'reset-ownership', '03:00.0')).toBe('fail harmful group-not-owned')
    expect(answer.vms.map(planOf)).toEqual(['give 0000:03:00.1'])
  })

  test('case 2: for a VF a hot reset is the wrong path', async () => {
    const { functions } = gpu({ totalVfs: 1 }, {})
    const vf = virtualFunction('0000:03:10.0', {
      vf: { pf: '0000:03:00.0', index: 0 },
      driver: 'vfio-pci',
      group: 12,
      ...FLR,
    })
    const answer = await preflight(
      {
        functions: [...functions, vf].map((each) =>
          each.address === '0000:03:00.0' ? { ...each, driver: 'igb' } : each,
        ),
      },
      { functions: ['03:10.0'] },
    )
    expect(told(answer, 'reset-set', '03:10.0')).toBe('pass harmless is-vf')
    expect(answer.verdict).toBe('pass')
  })

  test('case 4: with SR-IOV the PF’s hot reset cannot be had', async () => {
    const { functions } = gpu({ totalVfs: 1, ...BUS }, BUS)
    const vf = virtualFunction('0000:03:00.2', {
      vf: { pf: '0000:03:00.0', index: 0 },
      driver: 'vfio-pci',
      group: 12,
    })
    const answer = await preflight(
      { kernel: '6.18.5', functions: [...functions, vf] },
      { ...BOTH, via: 'iommufd' },
    )
    expect(told(answer, 'reset-set', '03:00.0')).toContain('fail harmful vf-split')
  })

  test('case 6: a reset that has to stay in the group', async () => {
    const ask = { ...F0, policy: 'group-fds', withinGroup: true } as const
    expect(told(await preflight(gpu(BUS, BUS), ask), 'within-group', '03:00.0')).toBe(
      'fail outside-group',
    )
    const one = gpu({ ...BUS, group: 16 }, { ...BUS, group: 16 })
    expect(told(await preflight(one, { ...ask, ...BOTH }), 'within-group', '03:00.0')).toBe('pass')
  })

  test('case 7: the answers through group files and through iommufd, side by side', async () => {
    const spec = { ...gpu(FLR, BUS), kernel: '6.1.192' }
    const group = await preflight(spec, { ...BOTH, via: 'group' })
    const iommufd = await preflight(spec, { ...BOTH, via: 'iommufd' })
    expect([group.verdict, iommufd.verdict]).toEqual(['pass', 'fail'])
    expect(told(iommufd, 'interface', '03:00.0')).toBe('fail no-cdev')
  })

  test('case 8: each sibling is named in the plan', async () => {
    const spec = gpu({ group: 16, ...FLR }, { group: 16, driver: 'snd_hda_intel' })
    const answer = await preflight(spec, F0)
    expect(answer.vms.map(planOf)).toEqual(['bind 0000:03:00.1'])
  })
})

describe('“no available reset mechanism”', () => {
  test('case 9: GPU and audio in two groups, bus reset only: both have to be owned', async () => {
    expect((await preflight(gpu(BUS, BUS), F0)).verdict).toBe('fail')
    const both = await preflight(gpu(BUS, BUS), BOTH)
    expect(both.verdict).toBe('pass')
    expect(told(both, 'reset-at-start', '03:00.1')).toBe('pass hot-reset no-flr')
  })

  test('cases 9 and 10: the kernels that refuse such resets are named', async () => {
    const spec = gpu(BUS, BUS)
    const told9 = async (kernel: string) =>
      told(await preflight({ ...spec, kernel }, BOTH), 'reset-at-start', '03:00.0')
    expect(await told9('6.14.2')).toContain('kernel-trouble')
    expect(await told9('6.14.1')).not.toContain('kernel-trouble')
    expect(await told9('6.15.2')).not.toContain('kernel-trouble')
  })

  test('case 10: four functions', async () => {
    const functions = [0, 1, 2, 3].map((func) =>
      endpoint(`0000:14:00.${func}`, { ...GPU, ...BUS, group: 20 + func }),
    )
    const spec = {
      functions: [
        rootPort('0000:00:01.0', { secondary: '14', acs: ACS_OK, group: 1 }),
        ...functions,
      ],
    }
    const all = functions.map(({ address }) => address)
    expect((await preflight(spec, { functions: all })).verdict).toBe('pass')
    expect((await preflight(spec, { functions: all.slice(0, 3) })).verdict).toBe('fail')
  })

  test('cases 11 and 42: on a root bus nothing resets it; the VM starts, and state is not cleared', async () => {
    const answer = await preflight(onRootBus(NONE), { functions: ['00:1f.3'] })
    expect(told(answer, 'reset-set', '00:1f.3')).toBe('fail harmful root-bus')
    expect(told(answer, 'reset-at-start', '00:1f.3')).toBe('fail harmful nothing-resets no-flr')
    expect(planOf(checkOf(answer, 'reset-at-start', '00:1f.3'))).toBe('none: root-bus')
    expect(answer.vms).toMatchObject([{ starts: 'pass', resets: 'fail' }])
  })

  test('case 12: it is also the host’s keyboard controller', async () => {
    const keyboard =
      'N: Name="Keyboard"\nS: Sysfs=/devices/pci0000:00/0000:00:1f.3/usb1/1-1/input/input5\nH: Handlers=sysrq kbd event5\nB: EV=120013\n'
    const spec = onRootBus({ ...NONE, driver: 'xhci_hcd', class: 0x0c0330 })
    const answer = await preflight(spec, {
      functions: ['00:1f.3'],
      files: { 'proc/bus/input/devices': keyboard },
    })
    expect(checkOf(answer, 'host-needs', '00:1f.3').reasons).toMatchObject([{ need: 'keyboard' }])
  })

  test('case 13: the only reset is that of a bus below a hot-plug port', async () => {
    const spec: HostSpec = {
      functions: gpu(BUS, BUS, { slot: { hotplug: true } }).functions.slice(0, 2),
    }
    expect(told(await preflight(spec, F0), 'reset-at-start', '03:00.0')).toContain('hotplug-port')
  })

  test('case 14: FLR is missing, and where that can be seen', async () => {
    const answer = await preflight(gpu(BUS, BUS), BOTH)
    const found = checkOf(answer, 'reset-at-start', '03:00.0').reasons.find(
      ({ kind }) => kind === 'no-flr',
    )
    expect(found).toMatchObject({ path: expect.stringMatching(/0000:03:00\.0\/config$/) })
  })
})

describe('resets that do not work', () => {
  test('cases 15, 16 and 20: a card that needs a method which its kernel does not offer', async () => {
    const answer = await preflight(gpu({ id: '1002:731f', ...BUS }, BUS), BOTH)
    expect(told(answer, 'reset-at-start', '03:00.0')).toContain('warn hot-reset')
    expect(told(answer, 'reset-at-start', '03:00.0')).toContain('known-bad-reset')
  })

  test('case 15: with the method of the module there is nothing to warn of', async () => {
    const spec = gpu({ id: '1002:731f', resetMethods: 'device_specific bus\n' }, BUS)
    expect(told(await preflight(spec, BOTH), 'reset-at-start', '03:00.0')).toBe('pass own-reset')
  })

  test('case 17: the reset of .0 alone does not cover .1', async () => {
    const answer = await preflight(gpu(FLR, BUS), BOTH)
    expect(told(answer, 'reset-at-start', '03:00.0')).toBe('pass own-reset')
    expect(told(answer, 'reset-at-start', '03:00.1')).toBe('pass hot-reset no-flr')
  })

  test('case 18: D3cold is another matter than a reset', async () => {
    const files = { 'sys/devices/pci0000:00/0000:00:01.0/0000:03:00.0/d3cold_allowed': '0\n' }
    const answer = await preflight({ ...gpu({ powerState: 'D3cold' }, {}), files }, F0)
    expect(checkOf(answer, 'answers', '03:00.0')).toMatchObject({
      outcome: 'cannot-tell',
      reasons: [{ kind: 'd3cold', stays: true }],
    })
  })

  test('case 19: a dead PF, of a kind that is known for it', async () => {
    const answer = await preflight(gpu({ id: '1002:74a1', config: 'ones' }, {}), F0)
    expect(told(answer, 'answers', '03:00.0')).toBe('fail dead')
    expect(planOf(checkOf(answer, 'answers', '03:00.0'))).toBe('none: dead')
  })

  test('case 21: sysfs cannot reset it, but the VM can', async () => {
    const answer = await preflight(gpu(NONE, NONE), BOTH)
    expect(told(answer, 'reset-at-start', '03:00.0')).toBe('pass hot-reset no-flr')
    expect(answer.verdict).toBe('pass')
  })
})

describe('groups and siblings', () => {
  const oneGroup = (one: FunctionOptions) => gpu({ ...FLR, group: 1 }, { group: 1, ...one })

  test('cases 22, 23, 25 and 28: which sibling, which driver, which step', async () => {
    const answer = await preflight(oneGroup({ driver: 'snd_hda_intel' }), F0)
    expect(checkOf(answer, 'group', '03:00.0').reasons).toMatchObject([
      { kind: 'group-not-viable', address: '0000:03:00.1', driver: 'snd_hda_intel' },
    ])
    expect(planOf(checkOf(answer, 'group', '03:00.0'))).toBe('bind 0000:03:00.1')
  })

  test('case 24: an unbound sibling is fine for the group and not for the hot reset', async () => {
    const { driver: _, ...bare } = AUDIO
    const functions: FunctionSpec[] = [
      ...gpu({ ...BUS, group: 1 }, {}).functions.slice(0, 2),
      endpoint('0000:03:00.1', { ...bare, ...BUS, group: 1 }),
    ]
    const answer = await preflight({ functions }, F0)
    expect(told(answer, 'group', '03:00.0')).toBe('pass')
    expect(told(answer, 'reset-set', '03:00.0')).toBe('fail harmful unbound')
  })

  test('cases 26 and 29: the group swallowed the disk that the host runs from', async () => {
    const disk = 'sys/devices/pci0000:00/0000:00:02.0/0000:04:00.0/nvme/nvme0/nvme0n1'
    const { functions } = gpu({ ...FLR, group: 1 }, { ...FLR, group: 1 })
    const spec: HostSpec = {
      functions: [
        ...functions,
        rootPort('0000:00:02.0', { secondary: '04', acs: ACS_OK, group: 2 }),
        endpoint('0000:04:00.0', { class: 0x010802, driver: 'nvme', group: 1 }),
      ],
      files: { [`${disk}/uevent`]: '', 'sys/dev/block/259:1': { link: `../../../${disk}` } },
    }
    const files = { 'proc/self/mountinfo': '22 1 259:1 / / rw - ext4 /dev/nvme0n1 rw\n' }
    const answer = await preflight(spec, { ...BOTH, files })
    expect(told(answer, 'host-needs', '03:00.0')).toBe('warn host-needs')
    expect(planOf(checkOf(answer, 'group', '03:00.0'))).toBe('none: host-needs')
  })

  test('case 29: the ACS override only claims isolation', async () => {
    const spec = { ...gpu({ ...FLR }, { ...FLR }), cmdline: 'pcie_acs_override=multifunction' }
    expect(told(await preflight(spec, BOTH), 'isolation', '03:00.0')).toBe('warn acs-override')
  })

  test('cases 30 and 31: switch ports in the group are allowed', async () => {
    const spec: HostSpec = {
      functions: [
        rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
        switchUp('0000:01:00.0', { secondary: '02', group: 5 }),
        switchDown('0000:02:00.0', { secondary: '03', group: 5 }),
        switchDown('0000:02:01.0', { secondary: '04', group: 5 }),
        endpoint('0000:03:00.0', { ...GPU, ...FLR, group: 5 }),
        endpoint('0000:04:00.0', { ...GPU, ...FLR, group: 5 }),
      ],
    }
    const answer = await preflight(spec, { functions: ['03:00.0', '04:00.0'] })
    expect(told(answer, 'strangers', '03:00.0')).toBe('pass bridge-in-group')
    expect(answer.verdict).toBe('pass')
  })

  test('case 33: ACS was changed after the groups were made', async () => {
    const spec: HostSpec = {
      cmdline: 'quiet',
      functions: [
        rootPort('0000:00:01.0', { secondary: '01', acs: ACS_OK, group: 1 }),
        switchUp('0000:01:00.0', { secondary: '02', acs: ACS_OK, group: 2 }),
        switchDown('0000:02:00.0', { secondary: '03', acs: ACS_REDIRECT_OFF, group: 3 }),
        switchDown('0000:02:01.0', { secondary: '04', acs: ACS_REDIRECT_OFF, group: 4 }),
        endpoint('0000:03:00.0', { ...FLR, driver: 'vfio-pci', group: 5 }),
        endpoint('0000:04:00.0', { ...FLR, driver: 'vfio-pci', group: 6 }),
      ],
    }
    expect(told(await preflight(spec, F0), 'isolation', '03:00.0')).toBe('warn stale-isolation')
  })

  test('case 34: an NVSwitch is a function like others', async () => {
    const spec = gpu({ id: '10de:22a3', class: 0x068000, ...FLR }, FLR)
    const answer = await preflight(spec, F0)
    expect(told(answer, 'assignable', '03:00.0')).toBe('pass')
  })
})

describe('the rest', () => {
  test('case 37: a drive that went away after a reset', async () => {
    const spec = gpu({ class: 0x010802, config: 'ones' }, {})
    expect(told(await preflight(spec, F0), 'answers', '03:00.0')).toBe('fail dead')
  })

  test('case 39: each card is a set of its own', async () => {
    const card = (bus: string, group: number): FunctionSpec[] => [
      rootPort(`0000:00:0${group}.0`, { secondary: bus, acs: ACS_OK, group }),
      endpoint(`0000:${bus}:00.0`, { ...BUS, driver: 'vfio-pci', group: group + 10 }),
    ]
    const spec = { functions: [...card('01', 1), ...card('02', 2)] }
    const answer = await preflight(spec, { functions: { a: ['01:00.0'], b: ['02:00.0'] } })
    expect(answer.verdict).toBe('pass')
  })

  test('case 40: the kernel has no device files', async () => {
    const answer = await preflight({ ...gpu(FLR, FLR), cdev: false }, { ...BOTH, way: 'iommufd' })
    expect(told(answer, 'interface', '03:00.0')).toBe('fail no-cdev')
    expect(planOf(checkOf(answer, 'interface', '03:00.0'))).toBe('use-way')
  })

  test('case 41: an active sibling on the bus, and FLR makes it harmless', async () => {
    const spec = gpu({ ...FLR, driver: 'nouveau' }, { ...FLR })
    const answer = await preflight(spec, { functions: ['03:00.1'] })
    expect(told(answer, 'reset-set', '03:00.1')).toBe('warn harmless foreign-driver')
  })

  test('case 43: who has it, by pid and command', async () => {
    const holders = [{ pid: 771, command: 'spdk_tgt', fd: 9, target: '/dev/vfio/16' }]
    const answer = await preflight({ ...gpu(FLR, FLR), holders }, F0)
    expect(checkOf(answer, 'holders', '03:00.0').reasons).toMatchObject([
      { kind: 'held', pid: 771, command: 'spdk_tgt', file: '/dev/vfio/16' },
    ])
  })

  test('case 44: the link is down, which is no matter of ownership', async () => {
    const answer = await preflight(gpu({ config: 'ones' }, {}, { linkActive: false }), F0)
    expect(told(answer, 'answers', '03:00.0')).toBe('fail dead link-down')
  })
})
