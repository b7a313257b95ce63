import { describe, expect, test } from 'vitest'
import { DEFAULT_POLICIES } from '../../src/policy/find-policy.js'
import { POLICIES, type PolicyId } from '../../src/policy/policies/index.js'
import { answer, decide, host, read, verdict } from '../support/ask.js'
import { endpoint } from '../support/functions.js'
import { hide } from '../support/hide.js'
import {
  elsewhere,
  holdsCdev,
  holdsGroup,
  t1,
  t2,
  t3,
  t4,
  t5,
  t6,
  t7,
  t9,
  t10,
} from '../support/topologies.js'

const F0 = '01:00.0'
const F1 = '01:00.1'
const PERMITTED = 'permitted'
const REFUSED = 'EINVAL hot-reset'
const CDEV = POLICIES.map(({ id }) => id).filter((id) => !id.endsWith('group-fds'))

describe('the list', () => {
  test('has each once, and shows five by default', () => {
    expect(new Set(POLICIES.map(({ id }) => id)).size).toBe(POLICIES.length)
    expect(DEFAULT_POLICIES.map(({ id }) => id)).toEqual([
      'group-fds',
      'iommufd',
      'reset-group-claim',
      'reset-group-claim-strict',
      'closure',
    ])
  })

  test.each(POLICIES)('$id says where it comes from', ({ origin, title, rule }) => {
    expect(origin.date).toMatch(/^20\d\d-\d\d-\d\d$/)
    expect(origin.by).not.toBe('')
    expect(rule.endsWith('.')).toBe(true)
    expect(title).not.toBe('')
  })

  test('two were ever implemented', async () => {
    const vfio = await host({ functions: t1() })
    const ids = (pick: (id: PolicyId) => boolean) => POLICIES.map(({ id }) => id).filter(pick)
    expect(ids((id) => !verdict(vfio, id, F0).hypothetical)).toEqual(['group-fds', 'iommufd'])
    expect(ids((id) => verdict(vfio, id, F0).implemented)).toEqual(['group-fds', 'iommufd'])
    const old = await host({ functions: t1(), kernel: '6.1.192' })
    expect(verdict(old, 'iommufd', F0)).toMatchObject({ implemented: false, hypothetical: false })
  })
})

/** Every policy needs a reset that exists, a complete set (but one) and a way in. */
describe.each(POLICIES)('$id', ({ id }) => {
  test('permits the reset of a lone function', async () => {
    expect(answer(await host({ functions: t1() }), id, F0)).toBe(PERMITTED)
    expect(answer(await host({ functions: t7() }), id, F0)).toBe(PERMITTED)
  })

  test('has no reset on a root bus', async () => {
    expect(answer(await host({ functions: t4() }), id, '00:02.0')).toBe('ENODEV hot-reset')
  })

  test('is refused while the target is open elsewhere', async () => {
    const vfio = await host({ functions: t1({ enable: 1 }), holders: [holdsCdev(0)] })
    expect(answer(vfio, id, F0)).toBe(CDEV.includes(id) ? 'EINVAL bind' : 'EBUSY open-group')
  })

  test('is refused while the group file is open elsewhere', async () => {
    const vfio = await host({ functions: t2(), holders: [holdsGroup(10)] })
    expect(answer(vfio, id, F0)).toBe(CDEV.includes(id) ? 'EBUSY bind' : 'EBUSY open-group')
  })

  test('is not bothered by a cdev that is open and not bound', async () => {
    const vfio = await host({ functions: t1({ enable: 0 }), holders: [holdsCdev(0)] })
    expect(answer(vfio, id, F0)).toBe(PERMITTED)
  })

  test('is refused with a host driver in the group', async () => {
    const vfio = await host({ functions: t2({}, { driver: 'igb' }) })
    expect(answer(vfio, id, F0)).toBe(CDEV.includes(id) ? 'EPERM bind' : 'EPERM set-container')
  })

  test('is refused beside a function on a host driver', async () => {
    const vfio = await host({ functions: t3({}, { driver: 'igb' }) })
    expect(answer(vfio, id, F0)).toMatch(/^EINVAL/)
  })

  test('is refused with a bridge inside that has a driver', async () => {
    const functions = t6().map((each) =>
      each.address === '0000:04:01.0' ? { ...each, driver: 'pcieport' } : each,
    )
    expect(answer(await host({ functions }), id, '04:00.0')).toMatch(/^EINVAL/)
  })
})

/** Separate groups, the other function on vfio and unopened. */
describe('an unopened function of another group', () => {
  test.each<[PolicyId, string, string]>([
    ['group-fds', REFUSED, PERMITTED],
    ['iommufd', REFUSED, PERMITTED],
    ['opened-group-fds', PERMITTED, PERMITTED],
    ['device-fds', PERMITTED, PERMITTED],
    ['ctx-or-unopened', PERMITTED, PERMITTED],
    ['singleton', REFUSED, REFUSED],
    ['device-fd-as-group', REFUSED, PERMITTED],
    ['reset-group-claim', PERMITTED, PERMITTED],
    ['reset-group-claim-strict', 'EBUSY bind', PERMITTED],
    ['closure', REFUSED, PERMITTED],
    ['opened-only-core', PERMITTED, PERMITTED],
    ['ctx-or-group-in-set', REFUSED, PERMITTED],
  ])('%s: %s, owned: %s', async (policy, alone, owned) => {
    const vfio = await host({ functions: t3() })
    expect(answer(vfio, policy, F0)).toBe(alone)
    expect(answer(vfio, policy, F0, [F1])).toBe(owned)
  })
})

describe('a function of another group that somebody else has open', () => {
  test.each(POLICIES)('$id refuses', async ({ id }) => {
    const vfio = await host({ functions: t3({}, { enable: 1 }), holders: [holdsCdev(1)] })
    const { outcome, errno } = verdict(vfio, id, F0)
    expect(outcome).toBe('refused')
    expect(errno).toBe(id.startsWith('reset-group-claim') ? 'EBUSY' : 'EINVAL')
  })

  test('the claim names who has it, also through the group', async () => {
    const reason = [{ kind: 'claimed', address: '0000:01:00.1', pid: 4242 }]
    const byCdev = await host({ functions: t3({}, { enable: 1 }), holders: [holdsCdev(1)] })
    expect(verdict(byCdev, 'reset-group-claim', F0).reasons).toEqual(reason)
    const byGroup = await host({ functions: t3({}, { enable: 1 }), holders: [holdsGroup(11)] })
    expect(verdict(byGroup, 'reset-group-claim', F0).reasons).toEqual(reason)
  })

  test('a holder whose function may be unopened leaves it open', async () => {
    const raw = await read({ functions: t3({}, { enable: 1 }), holders: [holdsCdev(1)] })
    const vfio = decide(hide(raw, F1, 'enabled'))
    for (const id of ['reset-group-claim', 'opened-only-core', 'ctx-or-unopened'] as const) {
      expect(answer(vfio, id, F0), id).toBe('undetermined')
    }
    expect(answer(vfio, 'iommufd', F0)).toBe(REFUSED)
  })

  test('what the caller says it owns is its own', async () => {
    const vfio = await host({ functions: t3({}, { enable: 1 }), holders: [holdsCdev(1)] })
    expect(answer(vfio, 'iommufd', F0, [F1])).toBe(PERMITTED)
    const shared = await host({ functions: t2({}, { enable: 1 }), holders: [holdsCdev(1)] })
    expect(answer(shared, 'iommufd', F0)).toBe('EPERM bind')
    expect(answer(shared, 'iommufd', F0, [F1])).toBe(PERMITTED)
  })
})

describe('a group that is passed and could not be opened', () => {
  const functions = [...t3(), ...elsewhere({ group: 11, driver: 'igb' })]

  test('is refused by the fd test before 5.19', async () => {
    const vfio = await host({ functions, kernel: '5.18.19' })
    const { errno, at, reasons } = verdict(vfio, 'group-fds', F0, [F1])
    expect({ errno, at }).toEqual({ errno: 'EINVAL', at: 'hot-reset' })
    expect(reasons).toMatchObject([
      { kind: 'group-not-viable', address: '0000:02:00.0', group: 11 },
    ])
  })

  test('is proof enough since', async () => {
    expect(answer(await host({ functions, kernel: '5.19' }), 'group-fds', F0, [F1])).toBe(PERMITTED)
  })
})

describe('opened-only-core relaxes completeness', () => {
  test('for a function without a driver', async () => {
    const functions = [...t3().slice(0, 2), endpoint('0000:01:00.1', { mfd: true, group: 11 })]
    const vfio = await host({ functions })
    expect(answer(vfio, 'opened-only-core', F0)).toBe(PERMITTED)
    expect(answer(vfio, 'ctx-or-unopened', F0)).toBe(REFUSED)
  })

  test('for a bridge without a driver and what is closed below it', async () => {
    const vfio = await host({ functions: t6() })
    expect(answer(vfio, 'opened-only-core', '04:00.0')).toBe(PERMITTED)
  })

  test('not for a function whose driver was not read', async () => {
    const raw = hide(await read({ functions: t3() }), F1, 'driver', 'vfioDev')
    expect(answer(decide(raw), 'opened-only-core', F0)).toBe('undetermined')
  })

  test('nor where whose group it is was not read', async () => {
    const spec = {
      functions: [...t3({}, { enable: 1 }), ...elsewhere({ group: 11 })],
      holders: [holdsCdev(1)],
    }
    const raw = await read(spec)
    expect(answer(decide(raw), 'opened-only-core', F0, ['02:00.0'])).toBe(PERMITTED)
    const vfio = decide(hide(raw, '02:00.0', 'iommuGroup'))
    expect(answer(vfio, 'opened-only-core', F0, ['02:00.0'])).toBe('undetermined')
  })
})

describe('closure', () => {
  test('asks for every vfio function in every group that is touched', async () => {
    const functions = [...t1(), ...elsewhere({ group: 10 })]
    expect(answer(await host({ functions }), 'closure', F0)).toBe(PERMITTED)
  })

  test('cannot tell of an unread group', async () => {
    const raw = hide(await read({ functions: t3() }), F1, 'iommuGroup')
    expect(answer(decide(raw), 'closure', F0)).toBe('undetermined')
  })
})

describe('a claim', () => {
  test('is refused where the reset could never work', async () => {
    const functions = t9()
    const { errno, at, reasons } = verdict(await host({ functions }), 'reset-group-claim', F0)
    expect({ errno, at }).toEqual({ errno: 'EINVAL', at: 'bind' })
    expect(reasons).toEqual([{ kind: 'vf-split', address: '0000:01:00.1' }])
  })

  test('of one fake group asks for each function, if strict', async () => {
    const vfio = await host({ ...t10(), kernel: '7.3.4' })
    expect(answer(vfio, 'reset-group-claim', F0)).toBe(PERMITTED)
    expect(answer(vfio, 'reset-group-claim-strict', F0)).toBe('EBUSY bind')
    expect(answer(vfio, 'reset-group-claim-strict', F0, [F1])).toBe(PERMITTED)
  })

  test('cannot tell of an unread group, if strict', async () => {
    const raw = hide(await read({ functions: t3() }), F1, 'iommuGroup')
    expect(answer(decide(raw), 'reset-group-claim-strict', F0)).toBe('undetermined')
  })
})

test('functions on a conventional bus share their group: every policy but the singleton permits', async () => {
  const vfio = await host({ functions: t5() })
  const refusing = POLICIES.filter(({ id }) => answer(vfio, id, '03:00.0') !== PERMITTED)
  expect(refusing.map(({ id }) => id)).toEqual(['singleton'])
  expect(verdict(vfio, 'singleton', '03:00.0').reasons).toEqual([
    { kind: 'not-singleton', address: '0000:03:01.0' },
  ])
})

test('owning what vfio does not have, or what is not there, changes nothing', async () => {
  const vfio = await host({ functions: t3({}, { driver: 'igb' }) })
  expect(answer(vfio, 'group-fds', F0, [F1, '09:00.0', F0])).toBe(REFUSED)
})
