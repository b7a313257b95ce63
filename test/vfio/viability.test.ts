import { describe, expect, test } from 'vitest'
import { capture, decide, host, read } from '../support/ask.js'
import { conventionalBridge, endpoint, pcieToPci, rootPort } from '../support/functions.js'
import { hide } from '../support/hide.js'
import { t2, t3 } from '../support/topologies.js'

const OLD = '5.18.19'
const NEW = '6.12.117'
const RP = rootPort('0000:00:01.0', { secondary: '01' })
const V = { driver: 'vfio-pci', group: 10 }

describe('who keeps group 10 from being opened', () => {
  test.each([
    ['nobody: the members are on vfio', NEW, t2(), []],
    [
      'nobody: a member is unbound',
      NEW,
      [...t2().slice(0, 2), endpoint('0000:01:00.1', { group: 10 })],
      [],
    ],
    ['nobody: a member is on pci-stub', NEW, t2({}, { driver: 'pci-stub' }), []],
    ['a host driver', NEW, t2({}, { driver: 'igb' }), ['0000:01:00.1 igb']],
    ['a host driver, before 5.19', OLD, t2({}, { driver: 'igb' }), ['0000:01:00.1 igb']],
    ['nobody: a port on pcieport', NEW, [{ ...RP, group: 10 }, endpoint('0000:01:00.0', V)], []],
    [
      'a bridge driver',
      NEW,
      [
        pcieToPci('0000:00:01.0', { secondary: '01', driver: 'shpchp', group: 10 }),
        endpoint('0000:01:00.0', V),
      ],
      ['0000:00:01.0 shpchp'],
    ],
    [
      'nobody: before 5.19 bridges count for nothing',
      OLD,
      [
        conventionalBridge('0000:00:01.0', { secondary: '01', driver: 'shpchp', group: 10 }),
        endpoint('0000:01:00.0', V),
      ],
      [],
    ],
  ])('%s (%s)', async (_case, kernel, functions, expected) => {
    const { culprits, hidden } = (await host({ functions, kernel })).viabilityOf(10)
    expect(culprits.map(({ member, driver }) => `${member} ${driver}`)).toEqual(expected)
    expect(hidden).toEqual([])
  })

  test.each([
    ['arm-smmu-test', ['a0000000.dma arm-smmu-test']],
    ['vfio-platform', []],
    [null, []],
  ])('a member that is no PCI function, on %s', async (driver, expected) => {
    const groups = [{ id: 10, others: [{ name: 'a0000000.dma', driver }] }]
    const { culprits } = (await host({ functions: t2(), groups })).viabilityOf(10)
    expect(culprits.map((each) => `${each.member} ${each.driver}`)).toEqual(expected)
  })
})

describe('what was not read', () => {
  test('a driver', async () => {
    const raw = await read({ functions: t2({}, { vfioDev: null }) })
    expect(decide(hide(raw, '01:00.1', 'driver')).viabilityOf(10)).toMatchObject({
      culprits: [],
      hidden: [{ member: '0000:01:00.1', gap: { why: 'denied' } }],
    })
  })

  test('whether a driver of no known name belongs to vfio', async () => {
    const raw = hide(
      await read({ functions: t2({}, { driver: 'new_vfio_thing' }) }),
      '01:00.1',
      'vfioDev',
    )
    const vfio = decide({ ...raw, system: { ...raw.system, vfioCoreHolders: [] } })
    expect(vfio.viabilityOf(10)).toMatchObject({
      culprits: [],
      hidden: [{ member: '0000:01:00.1' }],
    })
  })

  test('the header of a bridge, where it decides', async () => {
    const functions = [
      RP,
      endpoint('0000:01:00.0', V),
      endpoint('0000:01:00.1', { group: 10, driver: 'x' }),
    ]
    const raw = hide(await read({ functions }), '01:00.1', 'config', 'classCode')
    expect(decide(raw, OLD).viabilityOf(10).hidden).toHaveLength(1)
    expect(decide(raw, NEW).viabilityOf(10).culprits).toHaveLength(1)
  })

  test('the folder of a group: what the members themselves say is not all there may be', async () => {
    const files = { 'sys/class/iommu/smmu.0x2b400000/uevent': '' }
    const vfio = await capture({ functions: t2(), iommu: null, files }, 'sys/kernel/iommu_groups')
    expect(vfio.groups.get(10)?.devices).toEqual(['0000:01:00.0', '0000:01:00.1'])
    expect(vfio.viabilityOf(10)).toMatchObject({
      culprits: [],
      hidden: [{ member: null, gap: { path: 'sys/kernel/iommu_groups', why: 'not-captured' } }],
    })
  })

  test('the folder of a group where only functions of PCI share one: their links say it all', async () => {
    const vfio = await capture({ functions: t2() }, 'sys/kernel/iommu_groups')
    expect(vfio.viabilityOf(10)).toEqual({ culprits: [], hidden: [] })
  })

  test('a member that the group does not list', async () => {
    const vfio = await capture(
      { functions: t2() },
      'sys/kernel/iommu_groups/10/devices/0000:01:00.1',
    )
    expect(vfio.groups.get(10)?.devices).toEqual(['0000:01:00.0', '0000:01:00.1'])
  })

  test('a group that nobody is in', async () => {
    expect((await host({ functions: t3() })).viabilityOf(99)).toEqual({ culprits: [], hidden: [] })
  })
})
