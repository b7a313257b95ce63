import { describe, expect, test } from 'vitest'
import { POLICIES } from '../../src/policy/policies/index.js'
import { STAGE_RANKS } from '../../src/policy/reason.js'
import { answer, capture, decide, host, read, verdict } from '../support/ask.js'
import { endpoint, rootPort } from '../support/functions.js'
import { hide } from '../support/hide.js'
import {
  holdsCdev,
  holdsGroup,
  T8_FIRST,
  t1,
  t2,
  t3,
  t4,
  t5,
  t6,
  t8,
  t9,
  t10,
} from '../support/topologies.js'

const F0 = '01:00.0'
const F1 = '01:00.1'
const NATIVE = { driver: 'nvidia' }

describe('reasons', () => {
  test('stand in kernel order, of all stages', async () => {
    const spec = { functions: t2({}, NATIVE), holders: [holdsGroup(10)] }
    const { errno, at, reasons } = verdict(await host(spec), 'group-fds', F0)
    expect({ errno, at }).toEqual({ errno: 'EBUSY', at: 'open-group' })
    expect(reasons).toEqual([
      { kind: 'group-busy', group: 10, pid: 4242 },
      {
        kind: 'group-not-viable',
        address: '0000:01:00.1',
        member: '0000:01:00.1',
        group: 10,
        driver: 'nvidia',
      },
      { kind: 'foreign-driver', address: '0000:01:00.1', driver: 'nvidia' },
    ])
  })

  test('of every policy follow the stages', async () => {
    const vfio = await host({ functions: t2({}, NATIVE), holders: [holdsGroup(10), holdsCdev(0)] })
    for (const policy of POLICIES) {
      const { at } = verdict(vfio, policy.id, F0)
      expect(Object.keys(STAGE_RANKS)).toContain(at)
      expect(at, policy.id).not.toBe('hot-reset')
    }
  })

  test('name both that a function is unbound and that its set is another one', async () => {
    const functions = t6().map((each) =>
      each.address === '0000:05:00.0' ? endpoint(each.address, { group: 12 }) : each,
    )
    const { reasons } = verdict(await host({ functions }), 'iommufd', '04:00.0')
    expect(reasons).toEqual([
      { kind: 'bridge-inside', address: '0000:04:01.0' },
      { kind: 'unbound', address: '0000:05:00.0' },
      { kind: 'other-dev-set', address: '0000:05:00.0' },
    ])
  })

  test('name who has the function', async () => {
    const spec = { functions: t3({}, { enable: 1 }), holders: [holdsCdev(1)] }
    expect(verdict(await host(spec), 'iommufd', F0).reasons).toEqual([
      { kind: 'other-context', address: '0000:01:00.1', pid: 4242 },
    ])
  })

  test('name the group that is missing', async () => {
    expect(verdict(await host({ functions: t3() }), 'iommufd', F0).reasons).toEqual([
      { kind: 'group-not-owned', address: '0000:01:00.1', group: 11 },
    ])
  })

  test('name the culprit of a missing reset', async () => {
    expect(verdict(await host({ functions: t4() }), 'group-fds', '00:02.0').reasons).toEqual([
      { kind: 'root-bus', address: '0000:00:02.0' },
    ])
    const flagged = await host({ functions: t2({}, { id: '168c:003c' }) })
    expect(verdict(flagged, 'group-fds', F0).reasons).toEqual([
      { kind: 'no-bus-reset', address: '0000:01:00.1' },
    ])
  })

  test('name VFs that have sets of their own', async () => {
    const { reasons } = verdict(await host({ functions: t9() }), 'group-fds', F0, [F1])
    expect(reasons).toEqual([{ kind: 'vf-split', address: '0000:01:00.1' }])
  })

  test('name functions that a narrow slot keeps in another set', async () => {
    const { reasons } = verdict(await host({ functions: t8() }), 'group-fds', '01:01.0', T8_FIRST)
    expect(reasons).toHaveLength(8)
    expect(reasons).toContainEqual({ kind: 'other-dev-set', address: '0000:01:00.0' })
  })

  test('are none where it is permitted', async () => {
    expect(verdict(await host({ functions: t1() }), 'group-fds', F0)).toMatchObject({
      outcome: 'permitted',
      errno: null,
      at: null,
      reasons: [],
    })
  })
})

describe('the target counts as bound', () => {
  test('whatever it is on', async () => {
    expect(answer(await host({ functions: t1(NATIVE) }), 'group-fds', F0)).toBe('permitted')
    expect(
      answer(await host({ functions: t1(NATIVE), files: { 'dev/iommu': '' } }), 'iommufd', F0),
    ).toBe('permitted')
  })

  test('but its siblings stay as they are', async () => {
    const functions = t2(NATIVE, { driver: 'snd_hda_intel' })
    expect(answer(await host({ functions }), 'group-fds', F0)).toBe('EPERM set-container')
  })
})

describe('no way in', () => {
  test('without a group and unsafe mode', async () => {
    const functions = [rootPort('0000:00:01.0', { secondary: '01' }), endpoint('0000:01:00.0')]
    const vfio = await host({ functions, noiommu: false })
    expect(answer(vfio, 'group-fds', F0)).toBe('ENOENT open-group')
    expect(verdict(vfio, 'group-fds', F0).reasons).toEqual([
      { kind: 'no-group', address: '0000:01:00.0' },
    ])
    expect(answer(vfio, 'closure', F0)).toBe('ENOENT open-cdev')
  })

  test('without cdevs: there is nothing to call', async () => {
    const expected = { outcome: 'refused', errno: null, at: 'open-cdev', implemented: false }
    const old = await host({ functions: t1(), kernel: '6.1.192' })
    expect(verdict(old, 'iommufd', F0)).toMatchObject({
      ...expected,
      reasons: [{ kind: 'no-cdev' }],
    })
    const without = await host({ functions: t1(), cdev: false })
    expect(verdict(without, 'iommufd', F0)).toMatchObject({ ...expected, implemented: true })
  })

  test('through the cdev of a fake group before 7.3', async () => {
    const real = endpoint('0000:02:00.0', { driver: 'vfio-pci', group: 20 })
    const functions = [...t10().functions, rootPort('0000:00:02.0', { secondary: '02' }), real]
    const vfio = await host({ noiommu: true, functions, groups: [{ id: 20, name: null }] })
    expect(verdict(vfio, 'iommufd', F0)).toMatchObject({
      errno: null,
      at: 'open-cdev',
      reasons: [{ kind: 'noiommu', address: '0000:01:00.0' }, {}],
    })
  })
})

/** `undetermined` exactly where an unread fact's values give different outcomes. */
describe('undetermined', () => {
  test('where the driver of a sibling was not read: it may be owned with the group, or none of vfio', async () => {
    const vfio = decide(hide(await read({ functions: t2() }), F1, 'driver', 'vfioDev'))
    const { outcome, errno, at, reasons } = verdict(vfio, 'group-fds', F0)
    expect({ outcome, errno, at }).toEqual({ outcome: 'undetermined', errno: null, at: null })
    expect(reasons).toContainEqual(expect.objectContaining({ kind: 'unread', why: 'denied' }))
  })

  test('not where the sibling is refused either way', async () => {
    const vfio = decide(hide(await read({ functions: t3() }), F1, 'driver', 'vfioDev'))
    expect(answer(vfio, 'iommufd', F0)).toBe('EINVAL hot-reset')
    expect(answer(vfio, 'singleton', F0)).toBe('EINVAL hot-reset')
  })

  test('but where it would be owned if it were a vfio function', async () => {
    const vfio = decide(hide(await read({ functions: t3() }), F1, 'driver', 'vfioDev'))
    expect(answer(vfio, 'iommufd', F0, [F1])).toBe('undetermined')
    expect(answer(vfio, 'group-fds', F0, [F1])).toBe('undetermined')
  })

  test('where an owned function may not be one of vfio, and stands for a group', async () => {
    const elsewhere = [
      rootPort('0000:00:02.0', { secondary: '02', group: 2 }),
      endpoint('0000:02:00.0', { driver: 'vfio-pci', group: 11 }),
    ]
    const raw = await read({ functions: [...t3(), ...elsewhere] })
    expect(answer(decide(raw), 'iommufd', F0, ['02:00.0'])).toBe('permitted')
    const vfio = decide(hide(raw, '02:00.0', 'driver', 'vfioDev'))
    expect(answer(vfio, 'iommufd', F0, ['02:00.0'])).toBe('undetermined')
  })

  test('where the group of a sibling was not read', async () => {
    const vfio = decide(hide(await read({ functions: t3() }), F1, 'iommuGroup'))
    expect(answer(vfio, 'iommufd', F0)).toBe('undetermined')
    expect(answer(vfio, 'group-fds', F0)).toBe('undetermined')
    expect(answer(vfio, 'reset-group-claim', F0)).toBe('permitted')
  })

  test('where the group of a sibling was not read and its walk asks for one', async () => {
    const raw = hide(await read({ functions: t3(), kernel: '5.10.262' }), F1, 'iommuGroup')
    expect(answer(decide(raw), 'group-fds', F0)).toBe('undetermined')
  })

  test('where the group of the target was not read', async () => {
    const vfio = decide(hide(await read({ functions: t1() }), F0, 'iommuGroup'))
    expect(answer(vfio, 'group-fds', F0)).toBe('undetermined')
  })

  test('where VFs may or may not have sets of their own', async () => {
    const vfio = await host({ functions: t9(), kernel: '6.6' })
    expect(answer(vfio, 'group-fds', F0, [F1])).toBe('undetermined')
    expect(answer(vfio, 'group-fds', F0)).toBe('EINVAL hot-reset')
    expect(verdict(vfio, 'group-fds', F0, [F1]).reasons[0]).toMatchObject({
      kind: 'unread',
      path: 'proc/sys/kernel/osrelease',
      why: 'unmodelled',
    })
  })

  test('where it was not read whether a function is a VF', async () => {
    const raw = await read({ functions: t9() })
    expect(answer(decide(raw), 'group-fds', F0, [F1])).toBe('EINVAL hot-reset')
    expect(answer(decide(hide(raw, F1, 'physfn')), 'group-fds', F0, [F1])).toBe('undetermined')
  })

  test('where a function may be on a virtual bus', async () => {
    const functions = t9().map((each) =>
      each.vf === undefined ? each : { ...each, address: '0000:02:00.0' },
    )
    const raw = hide(await read({ functions }), '02:00.0', 'physfn')
    // The bridge's own bus number settles it.
    expect(answer(decide(raw), 'group-fds', '02:00.0')).toBe('ENODEV hot-reset')
    expect(answer(decide(hide(raw, '00:01.0', 'config')), 'group-fds', '02:00.0')).toBe(
      'undetermined',
    )
  })

  test('where a slot may be wider than is known', async () => {
    const ask = async (kernel: string) =>
      answer(await host({ functions: t8(), kernel }), 'group-fds', F0, T8_FIRST)
    expect(await ask('7.0.3')).toBe('permitted')
    expect(await ask('6.1.0-55-amd64')).toBe('permitted')
    expect(await ask('6.12.0-55.el10.x86_64')).toBe('undetermined')
  })

  test('where IDs were not read that may forbid the reset', async () => {
    const vfio = decide(hide(await read({ functions: t2() }), F1, 'deviceId', 'vendorId'))
    expect(answer(vfio, 'group-fds', F0)).toBe('undetermined')
  })

  test('not where the vendor is known and has no such row', async () => {
    const vfio = decide(hide(await read({ functions: t2() }), F1, 'deviceId'))
    expect(answer(vfio, 'group-fds', F0)).toBe('permitted')
  })

  test('where a header was not read, unless a vfio driver took the function', async () => {
    const raw = await read({ functions: t5().map((each) => ({ ...each, vfioDev: null })) })
    const blind = hide(raw, '03:01.0', 'config', 'classCode')
    expect(answer(decide(blind), 'group-fds', '03:00.0')).toBe('permitted')
    expect(answer(decide(hide(blind, '03:01.0', 'driver')), 'group-fds', '03:00.0')).toBe(
      'undetermined',
    )
  })

  test('where a capture does not show whether there are cdevs', async () => {
    const vfio = await capture({ functions: t1({ driver: 'igb' }), dev: false })
    expect(answer(vfio, 'iommufd', F0)).toBe('undetermined')
    expect(answer(vfio, 'closure', F0)).toBe('permitted')
  })

  test('not where 7.3 has cdevs and the mode: noiommu functions have them too', async () => {
    const bare = t10().functions.map((each) =>
      each.driver === 'vfio-pci' ? { ...each, driver: 'igb' } : each,
    )
    const spec = {
      noiommu: true,
      functions: bare,
      kernel: '7.3.4',
      files: { 'dev/iommu': '', 'dev/vfio/devices/': '' },
    }
    expect(answer(await host(spec), 'iommufd', F0)).toBe('EINVAL hot-reset')
    const { possible } = verdict(await host({ ...spec, files: {} }), 'iommufd', F0)
    expect(possible).toEqual(['EINVAL'])
  })

  test('where the members of the group were not captured', async () => {
    const files = { 'sys/class/iommu/smmu.0x2b400000/uevent': '' }
    const spec = { functions: t2(), noiommu: false, iommu: null, files }
    const vfio = await capture(spec, 'sys/kernel/iommu_groups')
    expect(answer(vfio, 'group-fds', F0)).toBe('undetermined')
  })

  test('in kernels before 5.8, always', async () => {
    const vfio = await host({ functions: t1(), kernel: '5.4.280' })
    for (const { id } of POLICIES) expect(answer(vfio, id, F0)).toBe('undetermined')
  })
})

/** Every possible world refuses, and only the errno differs. */
describe('a certain no is a no', () => {
  test('where the strict claim may fail for the group, or for completeness', async () => {
    const third = endpoint('0000:01:00.2', { mfd: true, group: 12 })
    const vfio = decide(hide(await read({ functions: [...t3(), third] }), F1, 'driver', 'vfioDev'))
    expect(answer(vfio, 'reset-group-claim', F0)).toBe('EINVAL bind')
    const { reasons, ...strict } = verdict(vfio, 'reset-group-claim-strict', F0)
    expect(strict).toMatchObject({
      outcome: 'refused',
      errno: null,
      at: 'bind',
      possible: ['EBUSY', 'EINVAL'],
    })
    expect(reasons).toContainEqual(expect.objectContaining({ kind: 'unread', why: 'denied' }))
  })

  test('where nobody knows whether there are cdevs, and no reset exists anyway', async () => {
    const vfio = await capture({ functions: t4().map(native), dev: false })
    expect(verdict(vfio, 'iommufd', '00:02.0')).toMatchObject({
      outcome: 'refused',
      errno: null,
      at: null,
      possible: ['ENODEV'],
      reasons: [
        { kind: 'root-bus', address: '0000:00:02.0' },
        { kind: 'unread', why: 'not-captured' },
      ],
    })
  })

  test('where the group may be closed by a member, or the reset by a sibling', async () => {
    const raw = await read({ functions: [...t2({}, NATIVE), ...strangerInGroup(10)] })
    const vfio = decide(hide(raw, '02:00.0', 'driver', 'vfioDev'))
    expect(answer(vfio, 'group-fds', F0)).toBe('EPERM set-container')
    const alone = await read({ functions: [...t3({}, NATIVE), ...strangerInGroup(10)] })
    const open = decide(hide(alone, '02:00.0', 'driver', 'vfioDev'))
    expect(verdict(open, 'group-fds', F0)).toMatchObject({
      outcome: 'refused',
      errno: null,
      at: null,
      possible: ['EINVAL', 'EPERM'],
    })
    expect(verdict(open, 'group-fds', F0).reasons[0]).toEqual({
      kind: 'foreign-driver',
      address: '0000:01:00.1',
      driver: 'nvidia',
    })
  })

  test('with the doubt first where each world refuses for another reason', async () => {
    const vfio = await host({ functions: t8(), kernel: '6.12.0-55.el10.x86_64' })
    const { outcome, errno, reasons } = verdict(vfio, 'group-fds', '01:01.0')
    expect({ outcome, errno }).toEqual({ outcome: 'refused', errno: 'EINVAL' })
    expect(reasons.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['other-dev-set', 'group-not-owned']),
    )
    expect(reasons[0]).toMatchObject({ kind: 'unread', path: 'proc/sys/kernel/osrelease' })
  })

  test('where the group of the target was not read, and any group may be held by somebody', async () => {
    const spec = { functions: t2({}, NATIVE), holders: [holdsGroup(10)] }
    const vfio = decide(hide(await read(spec), F0, 'iommuGroup'))
    expect(answer(vfio, 'group-fds', F0)).toBe('EBUSY|EINVAL|ENOENT|EPERM null')
    expect(answer(vfio, 'closure', F0)).toBe('EBUSY|EINVAL|ENOENT|EPERM null')
  })
})

function native<T extends object>(spec: T): T {
  return { ...spec, driver: 'igb' }
}

function strangerInGroup(group: number) {
  return [
    rootPort('0000:00:02.0', { secondary: '02', group: 2 }),
    endpoint('0000:02:00.0', { driver: 'igb', group }),
  ]
}

test('a fact that was not read and decides nothing leaves the verdict firm', async () => {
  const raw = await read({ functions: [...t1(), ...t4()] })
  const vfio = decide(hide(raw, '00:02.0', 'driver', 'vfioDev', 'iommuGroup', 'config', 'vendorId'))
  expect(answer(vfio, 'group-fds', F0)).toBe('permitted')
})
