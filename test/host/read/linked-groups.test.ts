import { describe, expect, test } from 'vitest'
import { iommuActive, isAloneIn } from '../../../src/iommu/groups.js'
import { groupViability } from '../../../src/vfio/viability.js'
import { answer, at, capture, decide } from '../../support/ask.js'
import { loadFixture } from '../../support/fixtures.js'
import { endpoint, type FunctionSpec, rootPort } from '../../support/functions.js'
import type { HostSpec } from '../../support/host-spec.js'

const GROUPS = 'sys/kernel/iommu_groups'

/** A GPU with its audio function in one group, and an NVMe in its own. */
const FUNCTIONS: readonly FunctionSpec[] = [
  endpoint('0000:00:00.0', { id: '8086:4621', class: 0x060000, group: 0 }),
  { ...rootPort('0000:00:01.0', { secondary: '01' }), group: 1, driver: 'pcieport' },
  endpoint('0000:01:00.0', { id: '10de:2204', class: 0x030000, mfd: true, group: 2 }),
  endpoint('0000:01:00.1', { id: '10de:1aef', class: 0x040300, mfd: true, group: 2 }),
  { ...rootPort('0000:00:02.0', { secondary: '02' }), group: 3, driver: 'pcieport' },
  endpoint('0000:02:00.0', { id: '144d:a80a', class: 0x010802, group: 4, driver: 'nvme' }),
]
const HOST: HostSpec = { functions: FUNCTIONS }

describe('groups stated by links only', () => {
  test('are the groups, and an IOMMU is in use', async () => {
    const { topology } = await capture(HOST, GROUPS, 'sys/class/iommu')
    const { raw } = topology
    expect(raw.groupsListed.known).toBe(false)
    expect(raw.groups.map(({ id, devices }) => [id, devices.length])).toEqual([
      [0, 1],
      [1, 1],
      [2, 2],
      [3, 1],
      [4, 1],
    ])
    expect(iommuActive(raw)).toEqual({ known: true, value: true })
  })

  test('open and stay shut as they would with the folder', async () => {
    const linked = await capture(HOST, GROUPS)
    const listed = await capture(HOST)
    for (const address of ['01:00.0', '02:00.0']) {
      expect(answer(linked, 'group-fds', address)).toBe(answer(listed, 'group-fds', address))
    }
    expect(answer(linked, 'group-fds', '02:00.0')).toBe('permitted')
  })

  test('may hold others where not only functions of PCI share one', async () => {
    const files = { 'sys/class/iommu/smmu.0x2b400000/uevent': '' }
    const spec: HostSpec = { ...HOST, iommu: null, files }
    const { topology, kernel, isVfioBound } = await capture(spec, GROUPS)
    const group = topology.raw.groups.find(({ id }) => id === 4)
    if (group === undefined) throw new Error('no group 4')
    expect(isAloneIn(group, topology.raw).known).toBe(false)
    const { hidden } = groupViability(group, topology, kernel, isVfioBound)
    expect(hidden).toMatchObject([{ member: null, gap: { why: 'not-captured' } }])
  })

  test('keep the doubt where unsafe no-IOMMU mode is on and vfio has all of them', async () => {
    const functions = [
      rootPort('0000:00:01.0', { secondary: '01' }),
      endpoint('0000:01:00.0', { id: '144d:a80a', class: 0x010802, group: 0, driver: 'vfio-pci' }),
    ]
    const { topology } = await capture({ functions, noiommu: true }, GROUPS)
    expect(topology.raw.groups).toMatchObject([{ id: 0, name: { known: false } }])
  })

  test('a laptop whose snapshot has links alone', async () => {
    const vfio = decide(await loadFixture('ghw-i7-1270p-links'))
    expect(vfio.topology.raw.groups).toHaveLength(15)
    expect(answer(vfio, 'group-fds', '04:00.0')).toBe('permitted')
    expect(answer(vfio, 'group-fds', '00:02.0')).toBe('ENODEV hot-reset')
  })
})

describe('a copy that says nothing of groups', () => {
  test('is silent about each function, and a host with groups is not', async () => {
    const links = FUNCTIONS.map(({ address }) => `${pathOf(address)}/iommu_group`)
    const silent = await capture(HOST, GROUPS, ...links)
    expect(at(silent, '01:00.0').raw.iommuGroup).toMatchObject({
      known: false,
      gap: { why: 'not-captured' },
    })
    const one = await capture(HOST, GROUPS, `${pathOf('0000:02:00.0')}/iommu_group`)
    expect(at(one, '02:00.0').raw.iommuGroup).toEqual({ known: true, value: null })
    const folder = await capture(HOST, ...links)
    expect(at(folder, '01:00.0').raw.iommuGroup).toEqual({ known: true, value: null })
  })

  test('a server with functions on vfio-pci in it', async () => {
    const vfio = decide(await loadFixture('hpe-cx5-without-groups'))
    expect(at(vfio, '12:00.4').raw.driver).toEqual({ known: true, value: 'vfio-pci' })
    expect(at(vfio, '12:00.4').raw.iommuGroup.known).toBe(false)
  })
})

function pathOf(address: string): string {
  const above = { '0000:01': '0000:00:01.0/', '0000:02': '0000:00:02.0/' }[address.slice(0, 7)]
  return `sys/devices/pci0000:00/${above ?? ''}${address}`
}
