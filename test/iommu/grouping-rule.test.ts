import { describe, expect, test } from 'vitest'
import { analyseIsolation } from '../../src/iommu/analyse-isolation.js'
import { groupingRule } from '../../src/iommu/grouping-rule.js'
import { answer, host } from '../support/ask.js'
import { endpoint, type FunctionSpec, rootPort } from '../support/functions.js'
import type { HostFiles } from '../support/host-files.js'

/** A card whose two functions share a group that ACS would split, as any rule but `pci_device_group` may make it. */
const CARD: readonly FunctionSpec[] = [
  { ...rootPort('0000:00:01.0', { secondary: '01', id: '1957:8d80' }), group: 1 },
  ...['0000:01:00.0', '0000:01:00.1'].map((address) =>
    endpoint(address, { id: '8086:10c9', class: 0x020000, mfd: true, group: 2, flr: true }),
  ),
]

interface Platform {
  readonly instances: readonly string[]
  readonly arch?: string
  readonly functions?: readonly FunctionSpec[]
}

function on({ instances, arch, functions = CARD }: Platform) {
  const files: HostFiles = {
    'sys/class/iommu': null,
    ...(arch === undefined ? {} : { 'proc/sys/kernel/arch': `${arch}\n` }),
    ...Object.fromEntries(instances.map((name) => [`sys/class/iommu/${name}/uevent`, ''])),
  }
  return host({ functions, iommu: null, files })
}

describe('the rule by which a kernel groups', () => {
  test.each([
    [['dmar0', 'dmar1'], 'x86_64', 'pci-device-group'],
    [['ivhd0'], 'x86_64', 'pci-device-group'],
    [['smmu3.0x0000000009050000'], 'aarch64', 'pci-device-group'],
    [['riscv-iommu@3000000'], 'riscv64', 'pci-device-group'],
    [['0000:00:02.0'], 'x86_64', 'pci-device-group'],
    [['a000000.virtio_mmio'], 'aarch64', 'pci-device-group'],
    [['smmu.0x0000000009050000'], 'aarch64', 'stream-ids'],
    [['smmu3.0x1000', 'smmu.0x2000'], 'aarch64', 'stream-ids'],
    [['apple-dart.0x681008000'], 'aarch64', 'stream-ids'],
    [['s390-iommu.1f00'], 's390x', 'per-function'],
    [[], 's390x', 'per-function'],
    [[], 'ppc64le', 'partitionable-endpoints'],
    [['fd800000.iommu'], 'aarch64', 'other'],
    [[], 'x86_64', 'pci-device-group'],
  ] as const)('%s on %s: %s', async (instances, arch, rule) => {
    const { topology } = await on({ instances, arch })
    expect(groupingRule(topology.raw)).toEqual({ known: true, value: rule })
  })

  test('an unknown platform with a chipset of x86', async () => {
    const bridge = endpoint('0000:00:00.0', { id: '1022:1480', class: 0x060000 })
    const { topology } = await on({ instances: [], functions: [bridge, ...CARD] })
    expect(groupingRule(topology.raw)).toEqual({ known: true, value: 'pci-device-group' })
  })

  test('is not known of a platform that nothing tells', async () => {
    const { topology } = await on({ instances: [] })
    expect(groupingRule(topology.raw).known).toBe(false)
    expect(analyseIsolation(topology).check().comparable).toBe(false)
  })
})

describe('groups that another rule made', () => {
  test.each([
    ['smmu.0x0000000009050000', 'aarch64'],
    ['apple-dart.0x681008000', 'aarch64'],
    ['s390-iommu.1f00', 's390x'],
    ['', 'ppc64le'],
  ])('are not compared, and no quirk and no ACS is blamed: %s %s', async (instance, arch) => {
    const { topology } = await on({ instances: instance === '' ? [] : [instance], arch })
    const isolation = analyseIsolation(topology)
    expect(isolation.check()).toEqual({ comparable: false, differences: [] })
    const [, card] = topology.devices
    if (card === undefined) throw new Error('no card')
    const { isolated, findings } = isolation.of(card.address)
    expect(isolated).toEqual({ known: true, value: false })
    expect(findings.map(({ kind }) => kind)).toEqual(['other-grouping-rule'])
    expect(isolation.ofGroup([card.address])).toEqual([])
  })

  test('the same groups under SMMUv3 are a difference', async () => {
    const { topology } = await on({ instances: ['smmu3.0x9050000'], arch: 'aarch64' })
    expect(analyseIsolation(topology).check()).toMatchObject({
      comparable: true,
      differences: [{ actual: [['0000:01:00.0', '0000:01:00.1']] }],
    })
  })
})

describe('a member that is a CDX device', () => {
  test('on vfio-cdx keeps no group shut', async () => {
    const others = (driver: string) => [{ id: 2, others: [{ name: 'cdx-00:01', driver }] }]
    const functions = CARD.slice(0, 2)
    const open = await host({ functions, groups: others('vfio-cdx') })
    expect(answer(open, 'group-fds', '01:00.0')).toBe('permitted')
    const shut = await host({ functions, groups: others('ethernet-cdx') })
    expect(answer(shut, 'group-fds', '01:00.0')).toBe('EPERM set-container')
  })
})
