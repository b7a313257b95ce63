import { describe, expect, test } from 'vitest'
import type { PolicyId } from '../../src/policy/policies/index.js'
import type { Requirement } from '../../src/policy/verdict.js'
import { host, verdict } from '../support/ask.js'
import { endpoint, type FunctionSpec } from '../support/functions.js'
import type { HostSpec } from '../support/host-spec.js'
import { elsewhere, t2, t3, t4, t6, t8, t9, t10 } from '../support/topologies.js'

const F0 = '01:00.0'
const F1 = '01:00.1'

/** What to open, once everything affected is bound. */
describe('group files and functions', () => {
  test.each<[PolicyId, readonly FunctionSpec[], string, readonly number[], string]>([
    ['group-fds', t3(), F0, [10, 11], '01:00.0'],
    ['group-fds', t3(), F1, [10, 11], '01:00.1'],
    ['group-fds', t2(), F0, [10], '01:00.0'],
    ['opened-group-fds', t3(), F0, [10], '01:00.0'],
    ['iommufd', t3(), F0, [], '01:00.0 01:00.1'],
    ['iommufd', t3(), F1, [], '01:00.0 01:00.1'],
    ['iommufd', t2(), F1, [], '01:00.1'],
    ['ctx-or-group-in-set', t3(), F0, [], '01:00.0 01:00.1'],
    ['device-fd-as-group', t3(), F0, [], '01:00.0 01:00.1'],
    ['closure', t3(), F0, [], '01:00.0 01:00.1'],
    ['reset-group-claim-strict', t3(), F0, [], '01:00.0 01:00.1'],
    ['reset-group-claim', t3(), F0, [], '01:00.0'],
    ['ctx-or-unopened', t3(), F0, [], '01:00.0'],
    ['device-fds', t3(), F0, [], '01:00.0'],
    ['opened-only-core', t3(), F0, [], '01:00.0'],
    ['singleton', elsewhere({ group: 10 }), '02:00.0', [], '02:00.0'],
  ])('%s', async (policy, functions, target, groups, devices) => {
    const required = await requires({ functions }, policy, target)
    expect(required).toMatchObject({ bind: [], release: [], groups })
    expect(required?.devices.join(' ').replaceAll('0000:', '')).toBe(devices)
  })

  test('every function of fake groups, since none is shared', async () => {
    expect(await requires({ ...t10(), kernel: '7.3.4' }, 'iommufd', F0)).toMatchObject({
      devices: ['0000:01:00.0', '0000:01:00.1'],
    })
  })
})

describe('functions to be bound', () => {
  test('are all that are affected and not on vfio, the target too', async () => {
    const functions = t3({ driver: 'nvidia' }, { driver: 'snd_hda_intel' })
    expect(await requires({ functions }, 'group-fds', F0)).toEqual({
      bind: ['0000:01:00.0', '0000:01:00.1'],
      release: [],
      groups: [10, 11],
      devices: ['0000:01:00.0'],
    })
  })

  test('do not hold those elsewhere that keep the group from being opened: they need only be released', async () => {
    const functions = [...t2(), ...elsewhere({ group: 10, driver: 'igb' })]
    expect(await requires({ functions }, 'group-fds', F0)).toMatchObject({
      bind: [],
      release: ['0000:02:00.0'],
    })
  })
})

describe('nothing helps', () => {
  test.each<[string, Partial<HostSpec> & Pick<HostSpec, 'functions'>, string]>([
    ['without a reset', { functions: t4() }, '00:02.0'],
    ['where the reset is forbidden', { functions: t2({}, { id: '168c:003c' }) }, F0],
    ['with a bridge inside', { functions: t6() }, '04:00.0'],
    ['where a VF has a set of its own', { functions: t9() }, F0],
    ['where a narrow slot keeps the sets apart', { functions: t8() }, '01:01.0'],
  ])('%s', async (_case, spec, target) => {
    expect(await requires(spec, 'group-fds', target)).toBeNull()
    expect(await requires(spec, 'iommufd', target)).toBeNull()
  })

  test('where the set must hold the target alone', async () => {
    expect(await requires({ functions: t3() }, 'singleton', F0)).toBeNull()
  })

  test('but before 5.15 there are no sets: the same can be owned', async () => {
    expect(await requires({ functions: t9(), kernel: '5.10.262' }, 'group-fds', F0)).toMatchObject({
      groups: [10, 11],
    })
  })
})

/** What is required is enough: a caller that does it is permitted. */
test.each<[PolicyId, readonly FunctionSpec[]]>([
  ['group-fds', t3()],
  ['iommufd', t3()],
  ['iommufd', [...t3(), endpoint('0000:01:00.2', { mfd: true, group: 11, driver: 'vfio-pci' })]],
  ['closure', t3()],
  ['reset-group-claim-strict', t3()],
  ['device-fd-as-group', t3()],
])('%s is permitted with what it requires', async (policy, functions) => {
  const vfio = await host({ functions })
  const { requires: required } = verdict(vfio, policy, F0)
  const files = functions.filter(
    ({ group }) => group !== undefined && required?.groups.includes(group),
  )
  const owning = [...files.map(({ address }) => address), ...(required?.devices ?? [])]
  expect(verdict(vfio, policy, F0).outcome).toBe('refused')
  expect(verdict(vfio, policy, F0, owning).outcome).toBe('permitted')
})

async function requires(
  spec: HostSpec,
  policy: PolicyId,
  target: string,
): Promise<Requirement | null> {
  return verdict(await host(spec), policy, target).requires
}
