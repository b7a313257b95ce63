import { describe, expect, test } from 'vitest'
import { readSlots } from '../../../src/host/read/read-slots.js'
import { readSystem } from '../../../src/host/read/read-system.js'
import { errnoFailure } from '../../../src/host/tree/failure.js'
import { type Files, treeOf } from '../tree/tree-literal.js'

const MODE = 'sys/module/vfio/parameters/enable_unsafe_noiommu_mode'

function system(files: Files, kind: 'live' | 'directory' = 'live') {
  return readSystem(treeOf(files, kind))
}

describe('the system', () => {
  test('release, command line and IOMMUs', () => {
    const { system: found } = system({
      'proc/sys/kernel/osrelease': '6.1.0-56-amd64\n',
      'proc/version': 'Linux version 6.1.0-56-amd64 (Debian 6.1.192-1)\n',
      'proc/cmdline': 'quiet intel_iommu=on\n',
      'proc/sys/kernel/arch': 'x86_64\n',
      'sys/class/iommu/dmar0': null,
      'sys/module/vfio_pci_core/holders/mlx5_vfio_pci': null,
    })
    expect(found).toMatchObject({
      osRelease: { value: '6.1.0-56-amd64' },
      commandLine: { value: 'quiet intel_iommu=on' },
      arch: { value: 'x86_64' },
      iommuInstances: { value: ['dmar0'] },
      vfioCoreHolders: ['mlx5_vfio_pci'],
    })
  })

  test('no IOMMU on a live host, not known in a copy', () => {
    expect(system({}).system.iommuInstances).toEqual({ known: true, value: [] })
    expect(system({}, 'directory').system.iommuInstances).toMatchObject({
      gap: { why: 'not-captured' },
    })
  })

  test('device nodes', () => {
    const { system: found, hasVfioNodes } = system({
      'dev/vfio/vfio': '',
      'dev/vfio/12': '',
      'dev/vfio/devices/vfio0': '',
      'dev/iommu': '',
    })
    expect(found).toMatchObject({
      devVfioContainer: true,
      devIommu: true,
      devVfioDevices: { value: ['vfio0'] },
    })
    expect(hasVfioNodes).toBe(true)
  })

  test('a container alone holds nothing', () => {
    const { system: found, hasVfioNodes } = system({ 'dev/vfio/vfio': '' })
    expect([found.devVfioContainer, found.devIommu, hasVfioNodes]).toEqual([true, false, false])
  })

  test('no dev at all, and one that may not be listed, say nothing of nodes', () => {
    expect(system({}, 'directory').system).toMatchObject({ devVfioContainer: null, devIommu: null })
    const denied = system({ 'dev/vfio': { failure: errnoFailure('EACCES') } })
    expect(denied.system).toMatchObject({ devVfioContainer: null, devIommu: false })
    expect(denied.gaps).toMatchObject([{ path: 'dev/vfio', why: 'denied' }])
  })

  test.each([
    ['on', { [MODE]: 'Y\n' }, true],
    ['off', { [MODE]: 'N\n' }, false],
    ['not built in', { 'sys/module/vfio/refcnt': '1\n' }, false],
  ])('unsafe noiommu mode: %s', (_, files, expected) => {
    expect(system(files).system.unsafeNoiommu).toEqual({ known: true, value: expected })
  })

  test('unsafe noiommu mode is not known without the module', () => {
    expect(system({}).system.unsafeNoiommu).toMatchObject({ gap: { path: MODE, why: 'absent' } })
    expect(system({ [MODE]: '?' }).system.unsafeNoiommu).toMatchObject({
      gap: { why: 'malformed' },
    })
  })
})

describe('slots', () => {
  const SLOTS = 'sys/bus/pci/slots'

  test('with a device number, without one, and with a module', () => {
    const { slots, gaps } = readSlots(
      treeOf({
        [`${SLOTS}/4/address`]: '0000:01:00\n',
        [`${SLOTS}/4/module`]: { link: '../../../../module/pciehp' },
        [`${SLOTS}/5/address`]: '10000:e1:1f\n',
        [`${SLOTS}/6/address`]: '0000:02\n',
        [`${SLOTS}/7/address`]: 'nowhere\n',
      }),
    )
    expect(slots).toEqual({
      known: true,
      value: [
        { name: '4', bus: '0000:01', device: 0, module: 'pciehp', takenAt: null },
        { name: '5', bus: '10000:e1', device: 31, module: null, takenAt: null },
        { name: '6', bus: '0000:02', device: null, module: null, takenAt: null },
      ],
    })
    expect(gaps).toEqual([{ path: `${SLOTS}/7/address`, why: 'malformed', detail: '"nowhere"' }])
  })

  test('none on a live host, not known in a copy', () => {
    expect(readSlots(treeOf({})).slots).toEqual({ known: true, value: [] })
    expect(readSlots(treeOf({}, 'directory')).slots).toMatchObject({ gap: { why: 'not-captured' } })
  })
})

describe('ports of pciehp', () => {
  const DRIVERS = 'sys/bus/pci_express/drivers'
  const ports = (files: Files, kind: 'live' | 'directory' = 'live') =>
    readSlots(treeOf(files, kind)).pciehpPorts

  test('are named by their services', () => {
    const files = {
      [`${DRIVERS}/pciehp/0000:00:1c.0:pcie004`]: { link: 'there' },
      [`${DRIVERS}/pciehp/10000:e0:06.0:pcie204`]: { link: 'there' },
      [`${DRIVERS}/pciehp/bind`]: '',
    }
    expect(ports(files)).toEqual({ known: true, value: new Set(['0000:00:1c.0', '10000:e0:06.0']) })
  })

  test('are none where pciehp is not among the drivers, and unknown where no driver is', () => {
    expect(ports({ [`${DRIVERS}/aer/bind`]: '' }, 'directory')).toEqual({
      known: true,
      value: new Set(),
    })
    expect(ports({})).toEqual({ known: true, value: new Set() })
    expect(ports({}, 'directory')).toMatchObject({ gap: { why: 'not-captured' } })
  })
})
