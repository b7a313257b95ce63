import { describe, expect, test } from 'vitest'
import { computeUnits, type Unit } from '../../src/vfio/units.js'
import { capture, host } from '../support/ask.js'
import {
  conventional,
  conventionalBridge,
  endpoint,
  type FunctionSpec,
  rootPort,
} from '../support/functions.js'
import { elsewhere, t1, t2, t3, t4, t5, t6, t8, t9, t9Virtual } from '../support/topologies.js'

describe('which functions cannot be used independently', () => {
  test.each<[string, readonly FunctionSpec[], string]>([
    ['a lone function', t1(), '01:00.0'],
    ['one group, one reset', t2(), '01:00.0 01:00.1'],
    ['separate groups, one reset', t3(), '01:00.0 01:00.1'],
    ['root bus functions', [...t4(), endpoint('0000:00:03.0')], '00:02.0 | 00:03.0'],
    ['a conventional bus', t5(), '03:00.0 03:01.0'],
    ['a group over two buses', [...t1(), ...elsewhere({ group: 10 })], '01:00.0 02:00.0'],
    [
      'a function that a narrow slot resets unaccounted',
      t8(),
      '01:00.0 01:00.1 01:00.2 01:00.3 01:00.4 01:00.5 01:00.6 01:00.7 01:01.0',
    ],
    ['a VF on a virtual bus goes with its PF', t9Virtual(), '01:00.0 02:00.0'],
  ])('%s', async (_case, functions, expected) => {
    expect(unitsText(computeUnits(await host({ functions })))).toBe(expected)
  })

  test('functions on any driver count', async () => {
    const functions = t3({ driver: 'nvidia' }, { driver: 'snd_hda_intel' })
    expect(unitsText(computeUnits(await host({ functions })))).toBe('01:00.0 01:00.1')
  })

  test('bridges belong to none', async () => {
    const units = computeUnits(await host({ functions: t5() }))
    expect(units.flatMap(({ devices }) => devices)).not.toContain('0000:00:1e.0')
  })

  test('groups of a unit are told, sorted', async () => {
    expect(computeUnits(await host({ functions: t3() }))).toMatchObject([{ groups: [10, 11] }])
  })
})

describe('why', () => {
  test('each edge names its kind and its ends', async () => {
    const [unit] = computeUnits(await host({ functions: t2() }))
    const ends = { from: '0000:01:00.0', to: '0000:01:00.1', absent: null }
    expect(unit?.why).toEqual([
      { kind: 'dma', group: 10, ...ends },
      { kind: 'reset', group: null, ...ends },
    ])
  })

  test('a group known only from its members couples too', async () => {
    const functions = [...t1(), ...elsewhere({ group: 10 })]
    const units = computeUnits(await capture({ functions }, 'sys/kernel/iommu_groups'))
    expect(unitsText(units)).toBe('01:00.0 02:00.0')
  })
})

/** A shared reset does not couple where it could never be permitted. */
describe('an edge that is absent', () => {
  const apart = [{ group: 10 }, { group: 11 }] as const

  test('because a bridge is inside', async () => {
    const functions = t6().map((each) =>
      each.address === '0000:05:00.0' ? { ...each, group: 13 } : each,
    )
    const units = computeUnits(await host({ functions }))
    expect(unitsText(units)).toBe('04:00.0 | 05:00.0')
    expect(absences(units)).toEqual(['0000:04:00.0 0000:05:00.0 bridge-inside'])
  })

  test('because VFs have sets of their own', async () => {
    const functions = t9()
    const split = computeUnits(await host({ functions, kernel: '6.12.117' }))
    expect(unitsText(split)).toBe('01:00.0 | 01:00.1')
    expect(absences(split)).toEqual(['0000:01:00.0 0000:01:00.1 vf-split'])
    const before = computeUnits(await host({ functions, kernel: '6.8.0-31-generic' }))
    expect(unitsText(before)).toBe('01:00.0 01:00.1')
  })

  test('because the bus cannot be reset', async () => {
    const units = computeUnits(
      await host({ functions: t3({ ...apart[0] }, { ...apart[1], id: '168c:003c' }) }),
    )
    expect(unitsText(units)).toBe('01:00.0 | 01:00.1')
    expect(absences(units)).toEqual(['0000:01:00.0 0000:01:00.1 no-bus-reset'])
  })

  test('but functions of one group stay together', async () => {
    const units = computeUnits(await host({ functions: t2({}, { id: '168c:003c' }) }))
    expect(unitsText(units)).toBe('01:00.0 01:00.1')
  })

  test('a VF asks for nothing: its PF would', async () => {
    const functions = [
      rootPort('0000:00:01.0', { secondary: '01' }),
      ...t9().slice(1),
      conventionalBridge('0000:00:1e.0', { secondary: '03' }),
      conventional('0000:03:00.0'),
    ]
    const units = computeUnits(await host({ functions, kernel: '6.12.117' }))
    expect(absences(units).every((each) => each.startsWith('0000:01:00.0'))).toBe(true)
  })
})

test('where VFs may have sets of their own, what may be coupled is', async () => {
  const units = computeUnits(await host({ functions: t9(), kernel: '6.6' }))
  expect(unitsText(units)).toBe('01:00.0 01:00.1')
})

function unitsText(units: readonly Unit[]): string {
  return units.map(({ devices }) => devices.join(' ').replaceAll('0000:', '')).join(' | ')
}

function absences(units: readonly Unit[]): string[] {
  const edges = units.flatMap(({ why }) => why).filter(({ absent }) => absent !== null)
  return edges.map(({ from, to, absent }) => `${from} ${to} ${absent}`)
}
