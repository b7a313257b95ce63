import { describe, expect, test } from 'vitest'
import { known } from '../../src/host/gap.js'
import { capture, decide, host, read } from '../support/ask.js'
import { hide } from '../support/hide.js'
import type { HostSpec } from '../support/host-spec.js'
import { t1, t10 } from '../support/topologies.js'

const IDLE = t1({ driver: 'igb' })

describe('device cdevs', () => {
  test.each<[string, HostSpec, boolean]>([
    ['a registered function has one', { functions: t1() }, true],
    ['a registered function has none', { functions: t1(), cdev: false }, false],
    ['before 6.6', { functions: t1(), kernel: '6.5.13' }, false],
    [
      'nothing is registered, and the tree has dev/iommu',
      { functions: IDLE, files: { 'dev/iommu': '' } },
      true,
    ],
    [
      'nothing is registered, and the tree has dev without it',
      { functions: IDLE, files: { 'dev/null': '' } },
      false,
    ],
  ])('%s', async (_case, spec, expected) => {
    expect((await host(spec)).interfaces.cdev).toEqual({ known: true, value: expected })
  })

  test('are not denied by a noiommu function, which has none before 7.3', async () => {
    const spec = { ...t10(), kernel: '6.12.117', files: { 'dev/iommu': '' } }
    const { interfaces } = await host(spec)
    expect(interfaces.cdev).toEqual({ known: true, value: true })
  })

  test('are unknown where nothing is registered and the tree has no dev', async () => {
    const { interfaces } = await capture({ functions: IDLE })
    expect(interfaces.cdev).toMatchObject({
      known: false,
      gap: { path: 'dev/iommu', why: 'not-captured' },
    })
  })

  test('are unknown where a registered function was not looked at', async () => {
    const raw = hide(await read({ functions: t1(), cdev: false }), '01:00.0', 'vfioDev')
    expect(decide(raw).interfaces.cdev.known).toBe(false)
  })

  test('of noiommu functions show by their names', async () => {
    const noiommu = async (spec: HostSpec) => (await host(spec)).interfaces.noiommuCdev
    expect(await noiommu({ ...t10(), kernel: '7.3.4' })).toEqual(known(true))
    expect(await noiommu({ functions: t1(), kernel: '7.3.4' })).toMatchObject({
      known: false,
      gap: { path: 'dev/vfio/devices', why: 'unmodelled' },
    })
    expect(await noiommu({ ...t10(), kernel: '7.2.12' })).toEqual(known(false))
  })
})

describe('group files', () => {
  test.each<[string, HostSpec, boolean]>([
    ['the container is there', { functions: t1() }, true],
    ['the tree has dev without it', { functions: IDLE, files: { 'dev/null': '' } }, false],
    ['the class tells, where the tree has no dev', { functions: t1(), dev: false }, true],
  ])('%s', async (_case, spec, expected) => {
    expect((await host(spec)).interfaces.groupApi).toEqual({ known: true, value: expected })
  })

  test('are unknown where nothing tells', async () => {
    const { interfaces } = await capture({ functions: IDLE, dev: false })
    expect(interfaces.groupApi).toMatchObject({ known: false, gap: { path: 'dev/vfio/vfio' } })
  })
})

test.each([
  [true, { known: true, value: true }],
  [false, { known: true, value: false }],
])('unsafe no-IOMMU mode %s', async (noiommu, expected) => {
  expect((await host({ functions: IDLE, noiommu })).interfaces.noiommu).toEqual(expected)
})
