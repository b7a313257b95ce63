import { describe, expect, test } from 'vitest'
import { isSameGroup } from '../../src/vfio/vfio-host.js'
import { at, capture, decide, host, read } from '../support/ask.js'
import { endpoint, rootPort } from '../support/functions.js'
import { gapAt } from '../support/hide.js'
import { t1, t2, t10 } from '../support/topologies.js'

const BARE = [rootPort('0000:00:01.0', { secondary: '01' }), endpoint('0000:01:00.0')]

describe('the group of a function', () => {
  test('is the one that the IOMMU gives', async () => {
    expect(groupOf(await host({ functions: t1() }))).toEqual({ kind: 'group', id: 10, fake: false })
  })

  test('is fake where its name says so', async () => {
    expect(groupOf(await host(t10()))).toEqual({ kind: 'group', id: 0, fake: true })
  })

  test('would be a fake one, once bound, in unsafe mode', async () => {
    const vfio = await host({ functions: BARE, noiommu: true })
    expect(groupOf(vfio)).toEqual({ kind: 'group', id: null, fake: true })
  })

  test('is none without IOMMU and unsafe mode', async () => {
    expect(groupOf(await host({ functions: BARE, noiommu: false }))).toEqual({ kind: 'none' })
  })

  test('is unknown where the mode is', async () => {
    expect(groupOf(await capture({ functions: BARE }))).toMatchObject({ known: false })
  })

  test('is unknown where the name was not read, unless nothing makes fake ones', async () => {
    const withoutName = async (noiommu: boolean) => {
      const raw = await read({ functions: t1(), noiommu, groups: [{ id: 10, name: null }] })
      const name = { known: false, gap: gapAt('sys/kernel/iommu_groups/10/name') } as const
      return groupOf(decide({ ...raw, groups: raw.groups.map((group) => ({ ...group, name })) }))
    }
    expect(await withoutName(true)).toMatchObject({ known: false })
    expect(await withoutName(false)).toEqual({ kind: 'group', id: 10, fake: false })
  })
})

test('fake groups are shared by nobody', () => {
  const real = { kind: 'group', id: 3, fake: false } as const
  const fake = { kind: 'group', id: 3, fake: true } as const
  expect(isSameGroup(real, real)).toBe(true)
  expect(isSameGroup(real, { ...real, id: 4 })).toBe(false)
  expect(isSameGroup(fake, fake)).toBe(false)
  expect(isSameGroup({ kind: 'none' }, { kind: 'none' })).toBe(false)
})

test('a driver is asked for once', async () => {
  const vfio = await host({ functions: t2() })
  expect(vfio.isVfioBound(at(vfio, '01:00.0'))).toBe(vfio.isVfioBound(at(vfio, '01:00.0')))
  expect(vfio.viabilityOf(10)).toBe(vfio.viabilityOf(10))
})

/** The group of 01:00.0, or the gap that stands in its place. */
function groupOf(vfio: Awaited<ReturnType<typeof host>>) {
  const group = vfio.groupOf(at(vfio, '01:00.0'))
  return group.known ? group.value : group
}
