import { describe, expect, test } from 'vitest'
import type { SimulatedStep } from '../../src/simulation/simulated-step.js'
import {
  bind,
  close,
  container,
  device,
  group,
  info,
  iommufd,
  reset,
  viaCdev,
  viaGroup,
} from '../support/calls.js'
import type { HostSpec } from '../support/host-spec.js'
import { answers, ending, type Play, play, type StepText } from '../support/play.js'
import {
  elsewhere,
  T8_FIRST,
  T8_LAST,
  t1,
  t2,
  t3,
  t4,
  t5,
  t6,
  t7,
  t8,
  t9,
  t9Virtual,
  t10,
} from '../support/topologies.js'

/*
 * The rows of the acceptance table of VFIO's decisions that are sequences of calls. Row 61 and the warnings of rows 32 and 39
 * are told by `inspect`. Where a row says "all", every kernel read stands for all.
 */

const ALL = ['5.10.262', '5.15.160', '5.19.17', '6.1.192', '6.6.90', '6.12.117', '7.3.4']
const GROUP_WITH_BARE = ['5.19.17', '6.1.192', '6.6.90', '6.12.117', '7.3.4']
const CDEV = ['6.6.90', '6.12.117', '7.3.4']

const F0 = '01:00.0'
const F1 = '01:00.1'
const ALONE = { functions: t1() }
const ONE_GROUP = { functions: t2() }
const TWO_GROUPS = { functions: t3() }

async function steps(
  spec: HostSpec,
  kernel: string,
  calls: readonly StepText[],
  more: Partial<Play> = {},
): Promise<readonly SimulatedStep[]> {
  return play({ kernel, ...spec }, { steps: calls, ...more })
}

/** The last answer under each kernel, as an object that shows where one differs. */
async function endings(
  spec: HostSpec,
  kernels: readonly string[],
  calls: readonly StepText[],
): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  for (const kernel of kernels) all[kernel] = ending(await steps(spec, kernel, calls))
  return all
}

function each(kernels: readonly string[], answer: string): Record<string, string> {
  return Object.fromEntries(kernels.map((kernel) => [kernel, answer]))
}

/** What INFO listed: `flags 3: 01:00.0=id 01:00.1=0`. */
function listed(step: SimulatedStep | undefined): string {
  if (step?.info === undefined || 'unknown' in step.info) return String(step?.errno)
  const { flags, devices } = step.info
  const bits = flags.reduce((sum, flag) => sum + (flag === 'dev-id' ? 1 : 2), 0)
  const entries = devices.map(({ address, group: id, devid }) => {
    const shown = devid === null ? `g${id}` : devid > 0 ? 'id' : String(devid)
    return `${address.slice(5)}=${shown}`
  })
  return [`flags ${bits}:`, ...entries].join(' ')
}

describe('one function, or one group', () => {
  test('row 1: a lone function, its own group file', async () => {
    expect(await endings(ALONE, ALL, [...viaGroup(F0), reset(F0, [F0])])).toEqual(each(ALL, 'ok'))
  })

  test('row 2: no group file at all', async () => {
    expect(await endings(ALONE, ALL, [...viaGroup(F0), reset(F0)])).toEqual(each(ALL, 'EINVAL'))
  })

  test('row 3: a lone cdev, empty array', async () => {
    expect(await endings(ALONE, CDEV, [...viaCdev(F0), reset(F0)])).toEqual(each(CDEV, 'ok'))
  })

  test('row 4: a cdev with any file in the array', async () => {
    const calls = [...viaCdev(F0), reset(F0, [], { iommufds: ['X'] })]
    expect(await endings(ALONE, CDEV, calls)).toEqual(each(CDEV, 'EINVAL'))
  })

  test('row 5: an unopened sibling is covered by its group', async () => {
    const calls = [...viaGroup(F0), reset(F0, [F0])]
    expect(await endings(ONE_GROUP, ALL, calls)).toEqual(each(ALL, 'ok'))
  })

  const native = { functions: t2({}, { driver: 'e1000e' }) }

  test('row 6: a native sibling before 5.19: GET_DEVICE_FD', async () => {
    for (const kernel of ['5.10.262', '5.15.160']) {
      expect(answers(await steps(native, kernel, viaGroup(F0)))).toEqual(['ok', 'ok', 'EINVAL'])
    }
  })

  test('row 7: a native sibling from 5.19: SET_CONTAINER, and the file stays open', async () => {
    for (const kernel of GROUP_WITH_BARE) {
      expect(answers(await steps(native, kernel, viaGroup(F0)))).toEqual(['ok', 'EPERM', 'EINVAL'])
    }
  })

  test('row 8: a native sibling and a cdev: BIND', async () => {
    expect(await endings(native, CDEV, viaCdev(F0))).toEqual(each(CDEV, 'EPERM'))
  })

  const unbound = { functions: withoutDriver(t2()) }

  test('row 9: an unbound sibling: INFO lists it, HOT_RESET is refused', async () => {
    for (const kernel of ALL) {
      const played = await steps(unbound, kernel, [...viaGroup(F0), info(F0), reset(F0, [F0])])
      expect(listed(played[3])).toBe('flags 0: 01:00.0=g10 01:00.1=g10')
      expect(ending(played)).toBe('EINVAL')
    }
  })

  test('row 10: an unbound sibling of a cdev', async () => {
    for (const kernel of CDEV) {
      const played = await steps(unbound, kernel, [...viaCdev(F0), info(F0), reset(F0)])
      expect(listed(played[2])).toBe('flags 1: 01:00.0=id 01:00.1=-1')
      expect(ending(played)).toBe('EINVAL')
    }
  })

  test('row 11: a sibling on pci-stub', async () => {
    const stub = { functions: t2({}, { driver: 'pci-stub' }) }
    const calls = [...viaGroup(F0), reset(F0, [F0])]
    expect(await endings(stub, ALL, calls)).toEqual(each(ALL, 'EINVAL'))
  })

  test('row 22: an unopened sibling in the group of a cdev is owned', async () => {
    for (const kernel of CDEV) {
      const played = await steps(ONE_GROUP, kernel, [...viaCdev(F0), info(F0), reset(F0)])
      expect(listed(played[2])).toBe('flags 3: 01:00.0=id 01:00.1=0')
      expect(ending(played)).toBe('ok')
    }
  })

  test('row 23: the group of a cdev belongs to its context', async () => {
    const calls = [...viaCdev(F0), iommufd('Y', 'b'), bind(F1, 'Y', { actor: 'b' })]
    expect(await endings(ONE_GROUP, CDEV, calls)).toEqual(each(CDEV, 'EPERM'))
  })

  test('row 24: a bound cdev keeps its group file closed', async () => {
    const calls = [...viaCdev(F0), group(F1, null)]
    expect(await endings(ONE_GROUP, CDEV, calls)).toEqual(each(CDEV, 'EBUSY'))
  })

  test('row 25: an open group file keeps cdevs from being bound', async () => {
    const calls = [group(F1, null), ...viaCdev(F0)]
    expect(await endings(ONE_GROUP, CDEV, calls)).toEqual(each(CDEV, 'EBUSY'))
  })
})

describe('two groups', () => {
  test('row 12: an unopened sibling in a group that is not passed', async () => {
    const calls = [...viaGroup(F0), reset(F0, [F0])]
    expect(await endings(TWO_GROUPS, ALL, calls)).toEqual(each(ALL, 'EINVAL'))
  })

  test('row 13: the same under opened-group-fds', async () => {
    for (const kernel of ALL) {
      const calls = [...viaGroup(F0), reset(F0, [F0])]
      const played = await steps(TWO_GROUPS, kernel, calls, { policy: 'opened-group-fds' })
      expect(ending(played)).toBe('ok')
    }
  })

  const bare = [...viaGroup(F0), group(F1, null), reset(F0, [F0, F1])]

  test('row 14: a group file without container is proof from 5.19', async () => {
    expect(await endings(TWO_GROUPS, GROUP_WITH_BARE, bare)).toEqual(each(GROUP_WITH_BARE, 'ok'))
  })

  test('row 15: before 5.19 it is not', async () => {
    const old = ['5.10.262', '5.15.160']
    expect(await endings(TWO_GROUPS, old, bare)).toEqual(each(old, 'EINVAL'))
    const contained = [...viaGroup(F0), group(F1), reset(F0, [F0, F1])]
    expect(await endings(TWO_GROUPS, old, contained)).toEqual(each(old, 'ok'))
  })

  test('row 16: a cdev and an unopened sibling', async () => {
    for (const kernel of CDEV) {
      const played = await steps(TWO_GROUPS, kernel, [...viaCdev(F0), info(F0), reset(F0)])
      expect(listed(played[2])).toBe('flags 1: 01:00.0=id 01:00.1=-1')
      expect(ending(played)).toBe('EINVAL')
    }
  })

  test('row 17: the same under ctx-or-unopened', async () => {
    const calls = [...viaCdev(F0), reset(F0)]
    const played = await steps(TWO_GROUPS, '6.12.117', calls, { policy: 'ctx-or-unopened' })
    expect(ending(played)).toBe('ok')
  })

  test('row 18: both in one context', async () => {
    for (const kernel of CDEV) {
      const played = await steps(TWO_GROUPS, kernel, [
        ...viaCdev(F0),
        bind(F1),
        info(F0),
        reset(F0),
      ])
      expect(listed(played[3])).toBe('flags 3: 01:00.0=id 01:00.1=id')
      expect(ending(played)).toBe('ok')
    }
  })

  test('row 19: two contexts, of one user or two', async () => {
    const own = [...viaCdev(F0), ...viaCdev(F1, 'Y'), reset(F0)]
    const others = [...viaCdev(F0), ...viaCdev(F1, 'Y', 'b'), reset(F0)]
    expect(await endings(TWO_GROUPS, CDEV, own)).toEqual(each(CDEV, 'EINVAL'))
    expect(await endings(TWO_GROUPS, CDEV, others)).toEqual(each(CDEV, 'EINVAL'))
  })

  test('row 20: a sibling in a container', async () => {
    const calls = [...viaGroup(F1), ...viaCdev(F0), reset(F0)]
    expect(await endings(TWO_GROUPS, CDEV, calls)).toEqual(each(CDEV, 'EINVAL'))
  })

  test('row 21: a sibling through a group whose container is the same iommufd', async () => {
    for (const kernel of CDEV) {
      const unopened = [...viaCdev(F0), group(F1, 'X'), reset(F0)]
      expect(ending(await steps(TWO_GROUPS, kernel, unopened))).toBe('EINVAL')
      const opened = [...viaCdev(F0), group(F1, 'X'), device(F1), info(F0), reset(F0)]
      const played = await steps(TWO_GROUPS, kernel, opened)
      expect(listed(played[4])).toBe('flags 3: 01:00.0=id 01:00.1=id')
      expect(ending(played)).toBe('ok')
    }
  })

  test('row 55: a variant driver is as good as vfio-pci', async () => {
    const variant = { functions: t3({}, { driver: 'mlx5_vfio_pci' }) }
    const kernels = ['5.19.17', '6.1.192', '6.12.117', '7.3.4']
    const calls = [...viaGroup(F0), group(F1), reset(F0, [F0, F1])]
    expect(await endings(variant, kernels, calls)).toEqual(each(kernels, 'ok'))
  })

  test('row 56: a group over two buses, represented by its function elsewhere', async () => {
    const spec = { functions: [...t3(), ...elsewhere({ group: 11 })] }
    const calls = [...viaCdev(F0), bind('02:00.0'), reset(F0)]
    expect(ending(await steps(spec, '6.12.117', calls, { policy: 'iommufd' }))).toBe('ok')
    const v4 = await steps(spec, '6.12.117', calls, { policy: 'ctx-or-group-in-set' })
    expect(ending(v4)).toBe('EINVAL')
  })

  test('row 66: group target, cdev sibling: the second group can never be proven', async () => {
    const calls = [...viaGroup(F0), ...viaCdev(F1), group(F1, null), reset(F0, [F0])]
    for (const kernel of CDEV) {
      const [busy, refused] = answers(await steps(TWO_GROUPS, kernel, calls)).slice(-2)
      expect([busy, refused]).toEqual(['EBUSY', 'EINVAL'])
    }
  })
})

describe('places without a reset, and bridges', () => {
  test('row 26: a function on the root bus', async () => {
    for (const kernel of ALL) {
      const calls = [...viaGroup('00:02.0'), info('00:02.0'), reset('00:02.0', ['00:02.0'])]
      const played = await steps({ functions: t4() }, kernel, calls)
      expect(answers(played).slice(-2)).toEqual(['ENODEV', 'ENODEV'])
    }
  })

  test('row 27: ... and an empty array: mode first from 6.6', async () => {
    const calls = [...viaGroup('00:02.0'), reset('00:02.0')]
    const old = ['5.10.262', '5.15.160', '5.19.17', '6.1.192']
    expect(await endings({ functions: t4() }, old, calls)).toEqual(each(old, 'ENODEV'))
    expect(await endings({ functions: t4() }, CDEV, calls)).toEqual(each(CDEV, 'EINVAL'))
  })

  test('row 28: two functions of a conventional bus', async () => {
    const calls = [...viaGroup('03:00.0'), reset('03:00.0', ['03:00.0'])]
    expect(await endings({ functions: t5() }, ALL, calls)).toEqual(each(ALL, 'ok'))
  })

  test('row 29: a bridge inside the reset', async () => {
    for (const kernel of ALL) {
      const calls = [...viaGroup('04:00.0'), info('04:00.0'), reset('04:00.0', ['04:00.0'])]
      const played = await steps({ functions: t6() }, kernel, calls)
      expect(listed(played[3])).toBe('flags 0: 04:00.0=g12 04:01.0=g12 05:00.0=g12')
      expect(ending(played)).toBe('EINVAL')
    }
  })

  test('row 29: a cdev sees -1 for the bridge and for what is below it', async () => {
    const calls = [...viaCdev('04:00.0'), bind('05:00.0'), info('04:00.0'), reset('04:00.0')]
    for (const kernel of CDEV) {
      const played = await steps({ functions: t6() }, kernel, calls)
      expect(listed(played[3])).toBe('flags 1: 04:00.0=id 04:01.0=-1 05:00.0=-1')
      expect(ending(played)).toBe('EINVAL')
    }
  })

  test('row 30: the function below that bridge', async () => {
    const calls = [...viaGroup('05:00.0'), reset('05:00.0', ['05:00.0'])]
    expect(await endings({ functions: t6() }, ALL, calls)).toEqual(each(ALL, 'ok'))
  })

  test('row 31: a slot of pciehp', async () => {
    const calls = [...viaGroup(F0), reset(F0, [F0])]
    expect(await endings({ functions: t7() }, ALL, calls)).toEqual(each(ALL, 'ok'))
  })

  test('row 38: a VF on a bus of its own', async () => {
    for (const kernel of ['5.10.262', '6.1.192', '6.12.117', '7.3.4']) {
      const played = await steps({ functions: t9Virtual() }, kernel, [
        ...tokenedVf('02:00.0'),
        info('02:00.0'),
      ])
      expect(ending(played)).toBe('ENODEV')
    }
  })

  test('row 39: the PF, whose reset lists the PF alone', async () => {
    const calls = [...viaGroup(F0), reset(F0, [F0])]
    const kernels = ['5.10.262', '6.1.192', '6.12.117', '7.3.4']
    expect(await endings({ functions: t9Virtual() }, kernels, calls)).toEqual(each(kernels, 'ok'))
  })

  test.each([
    ['row 40: a function that forbids the reset of its bus', t1({ id: '168c:003c' })],
    ['row 41: ... beside the target', t2({}, { id: '168c:003c' })],
    ['row 42: ... above it', t1({}, { id: '177d:a100' })],
  ])('%s', async (_, functions) => {
    for (const kernel of ALL) {
      const calls = [...viaGroup(F0), info(F0), reset(F0, [F0])]
      const played = await steps({ functions }, kernel, calls)
      expect(answers(played).slice(-2)).toEqual(['ENODEV', 'ENODEV'])
    }
  })
})

describe('slots and SR-IOV over releases', () => {
  const first = T8_FIRST
  const all = [...T8_FIRST, T8_LAST]
  const opened = [container(), ...all.map((each) => group(each)), device(F0), device('01:01.0')]

  test('row 32: narrow slots leave device 1 out of the reset of device 0', async () => {
    const narrow = ['5.10.262', '6.1.192', '6.12.117', '7.0.0']
    expect(await endings({ functions: t8() }, narrow, [...opened, reset(F0, first)])).toEqual(
      each(narrow, 'ok'),
    )
    // One file more than functions affected.
    expect(await endings({ functions: t8() }, narrow, [...opened, reset(F0, all)])).toEqual(
      each(narrow, 'EINVAL'),
    )
  })

  test('row 33: ... and make its own reset impossible, but before 5.15', async () => {
    const calls = [...opened, reset('01:01.0', all)]
    expect(await endings({ functions: t8() }, ['5.10.262', '6.1.192', '6.12.117'], calls)).toEqual({
      '5.10.262': 'ok',
      '6.1.192': 'EINVAL',
      '6.12.117': 'EINVAL',
    })
  })

  test('row 34: wide slots hold them all', async () => {
    const calls = [...opened, reset('01:01.0', all), reset(F0, first)]
    for (const kernel of ['7.1.2', '7.3.4']) {
      const played = await steps({ functions: t8() }, kernel, calls)
      expect(answers(played).slice(-2)).toEqual(['ok', 'EINVAL'])
    }
  })

  const both = [...viaGroup(F0), group(F1), reset(F0, [F0, F1])]

  test('row 35: a PF and its VF on one bus, before VFs got sets of their own', async () => {
    const kernels = ['5.10.262', '5.15.160', '5.19.17', '6.1.147']
    expect(await endings({ functions: t9() }, kernels, both)).toEqual(each(kernels, 'ok'))
  })

  test('row 36: ... and after', async () => {
    const kernels = ['6.1.148', '6.12.117', '6.17.0', '7.3.4']
    expect(await endings({ functions: t9() }, kernels, both)).toEqual(each(kernels, 'EINVAL'))
  })

  test('row 37: the VF as target', async () => {
    const calls = [...tokenedVf(F1), reset(F1, [F0, F1])]
    const kernels = ['6.1.192', '6.12.117', '7.3.4']
    expect(await endings({ functions: t9() }, kernels, calls)).toEqual(each(kernels, 'EINVAL'))
  })
})

describe('no-IOMMU mode', () => {
  const both = [container(), group(F0), group(F1), device(F0)]
  const half = t10(false)

  test('row 43: before 5.19 a noiommu group file is no proof', async () => {
    const old = ['5.10.262', '5.15.160']
    const calls = [...both, reset(F0, [F0, F1])]
    expect(await endings(t10(), old, calls)).toEqual(each(old, 'EPERM'))
  })

  test('row 44: from 5.19 it is an ordinary one, of one function', async () => {
    for (const kernel of GROUP_WITH_BARE) {
      const played = await steps(t10(), kernel, [...both, reset(F0, [F0, F1]), reset(F0, [F0])])
      expect(answers(played).slice(-2)).toEqual(['ok', 'EINVAL'])
    }
  })

  test('row 45: an unbound sibling has no group', async () => {
    for (const kernel of ALL) {
      const played = await steps(half, kernel, [...viaGroup(F0), info(F0), reset(F0, [F0])])
      const last = ['5.10.262', '5.15.160'].includes(kernel) ? 'EPERM' : 'EINVAL'
      expect([kernel, ...answers(played).slice(-2)]).toEqual([kernel, 'EPERM', last])
    }
  })

  test('row 46: before 7.3 there is no cdev', async () => {
    const kernels = ['6.6.90', '6.12.117', '7.2.12']
    expect(await endings(t10(), kernels, viaCdev(F0))).toEqual(each(kernels, 'ENOENT'))
  })

  test('row 47: from 7.3 each member must be bound itself', async () => {
    expect(ending(await steps(t10(), '7.3.4', [...viaCdev(F0), reset(F0)]))).toBe('EINVAL')
  })

  test('row 48: ... and then it works', async () => {
    const calls = [...viaCdev(F0), bind(F1), reset(F0)]
    expect(ending(await steps(t10(), '7.3.4', calls))).toBe('ok')
  })

  test('row 49: INFO of a noiommu cdev needs no groups', async () => {
    const played = await steps(half, '7.3.4', [...viaCdev(F0), info(F0)])
    expect(listed(played[2])).toBe('flags 1: 01:00.0=id 01:00.1=-1')
  })

  test('row 60: a claim leaves room for one open function', async () => {
    const claimed = [iommufd(), bind(F0, 'X', { claim: true })]
    for (const policy of ['reset-group-claim'] as const) {
      const byCdev = [...claimed, bind(F1)]
      expect(ending(await steps(t10(), '6.12.117', byCdev, { policy }))).toBe('EBUSY')
      const byGroup = [...claimed, container(), group(F1)]
      expect(ending(await steps(t10(), '6.12.117', byGroup, { policy }))).toBe('EBUSY')
    }
  })
})

describe('the array and the header', () => {
  test('row 50: more files than affected functions', async () => {
    const spec = { functions: [...t2(), ...elsewhere({ group: 20 })] }
    const calls = [...viaGroup(F0), group('02:00.0'), reset(F0, [F0, F0, '02:00.0'])]
    expect(await endings(spec, ALL, calls)).toEqual(each(ALL, 'EINVAL'))
  })

  test('row 51: the number of a closed file', async () => {
    const calls = [...viaGroup(F0), reset(F0, [], { closedFds: 1 })]
    expect(await endings(ALONE, ALL, calls)).toEqual(each(ALL, 'EBADF'))
  })

  test('row 52: a device fd', async () => {
    const passed = reset(F0, [], { deviceFds: ['0000:01:00.0'] })
    expect(await endings(ALONE, ALL, [...viaGroup(F0), passed])).toEqual(each(ALL, 'EINVAL'))
    for (const open of [viaGroup(F0), viaCdev(F0)]) {
      const played = await steps(ALONE, '6.12.117', [...open, passed], { policy: 'device-fds' })
      expect(ending(played)).toBe('ok')
    }
  })

  test('row 53: the argsz protocol of INFO', async () => {
    for (const kernel of ALL) {
      const calls = [...viaGroup(F0), info(F0, 12), info(F0, 11), info(F0, 28)]
      const played = await steps(ONE_GROUP, kernel, calls)
      expect(answers(played).slice(-3)).toEqual(['ENOSPC', 'EINVAL', 'ok'])
      expect(played[3]?.info).toEqual({ flags: [], devices: [], count: 2 })
    }
  })

  test('row 54: a flag of HOT_RESET', async () => {
    const calls = [...viaGroup(F0), reset(F0, [F0], { flags: 1 })]
    expect(await endings(ALONE, ALL, calls)).toEqual(each(ALL, 'EINVAL'))
  })

  test('row 64: locks that others hold are said to be possible', async () => {
    const played = await steps(ALONE, '6.12.117', [...viaGroup(F0), reset(F0, [F0])])
    expect(played.at(-1)?.possible).toEqual(['EAGAIN', 'EBUSY', 'ENOTTY'])
  })

  test('row 65: flags that a short buffer leaves behind', async () => {
    const flags = async (kernel: string) => {
      const played = await steps(ONE_GROUP, kernel, [...viaCdev(F0), info(F0, 12)])
      expect(ending(played)).toBe('ENOSPC')
      return played.at(-1)?.info
    }
    const both = ['dev-id', 'dev-id-owned']
    expect(await flags('6.6.20')).toMatchObject({ flags: both, count: 2 })
    expect(await flags('6.7.4')).toMatchObject({ flags: both, count: 2 })
    expect(await flags('6.12.117')).toMatchObject({ flags: [], count: 2 })
    expect(await flags('6.6.34')).toEqual({ unknown: 'unmodelled' })
  })
})

describe('claims', () => {
  const claim = { claim: true }

  test('row 57: a claimed reset group stays with its context', async () => {
    const calls = [
      iommufd(),
      bind(F0, 'X', claim),
      iommufd('Y', 'b'),
      bind(F1, 'Y', { actor: 'b' }),
    ]
    const played = await steps(TWO_GROUPS, '6.12.117', calls, { policy: 'reset-group-claim' })
    expect(answers(played)).toEqual(['ok', 'ok', 'ok', 'EBUSY'])
  })

  test('row 58: a reset group that somebody uses cannot be claimed', async () => {
    const calls = [...viaCdev(F1, 'Y', 'b'), iommufd(), bind(F0, 'X', claim)]
    for (const policy of ['reset-group-claim', 'reset-group-claim-strict'] as const) {
      expect(ending(await steps(TWO_GROUPS, '6.12.117', calls, { policy }))).toBe('EBUSY')
    }
  })

  test('row 59: with an unopened sibling: permitted, or strictly not claimable', async () => {
    const calls = [iommufd(), bind(F0, 'X', claim), reset(F0)]
    const plain = await steps(TWO_GROUPS, '6.12.117', calls, { policy: 'reset-group-claim' })
    expect(answers(plain)).toEqual(['ok', 'ok', 'ok'])
    const strict = await steps(TWO_GROUPS, '6.12.117', calls, {
      policy: 'reset-group-claim-strict',
    })
    expect(answers(strict)).toEqual(['ok', 'EBUSY', 'EINVAL'])
    const complete = [iommufd(), bind(F1), bind(F0, 'X', claim), reset(F0)]
    const held = await steps(TWO_GROUPS, '6.12.117', complete, {
      policy: 'reset-group-claim-strict',
    })
    expect(ending(held)).toBe('ok')
  })
})

describe('implicit resets', () => {
  const helpless = { flr: false, resetMethods: '' }

  test('row 62: the last close of a set without function resets wipes it', async () => {
    const spec = { functions: t2(helpless, helpless) }
    for (const kernel of ALL) {
      const played = await steps(spec, kernel, [...viaGroup(F0), close(F0)])
      expect(played.at(-1)?.effects).toEqual([
        { kind: 'set-reset', devices: ['0000:01:00.0', '0000:01:00.1'] },
      ])
    }
  })

  test('row 63: not while a sibling is open', async () => {
    const spec = { functions: t3(helpless, helpless) }
    for (const kernel of ALL) {
      const calls = [...viaGroup(F0), group(F1), device(F1), close(F0), close(F1)]
      const played = await steps(spec, kernel, calls)
      expect(played[5]?.effects).toBeUndefined()
      expect(played[6]?.effects).toHaveLength(1)
    }
  })

  test('row 62: with function resets each close resets its own function', async () => {
    const played = await steps(ONE_GROUP, '6.12.117', [...viaGroup(F0), close(F0)])
    expect(played.at(-1)?.effects).toEqual([{ kind: 'function-reset', devices: ['0000:01:00.0'] }])
  })
})

const TOKEN = '5a5a0000-0000-4000-8000-000000000001'

/** A PF that gives itself a token, and its VF opened with it. */
function tokenedVf(vf: string): readonly StepText[] {
  return [
    ...viaGroup(F0),
    { actor: 'a', do: 'set-vf-token', device: '0000:01:00.0', token: TOKEN },
    group(vf),
    device(vf, 'a', TOKEN),
  ]
}

function withoutDriver(functions: HostSpec['functions']): HostSpec['functions'] {
  return functions.map(({ driver, ...each }) =>
    each.address === '0000:01:00.1' || driver === undefined ? each : { ...each, driver },
  )
}
