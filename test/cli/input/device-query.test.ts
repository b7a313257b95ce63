import { describe, expect, it } from 'vitest'
import { parseDeviceQuery } from '../../../src/cli/input/device-query.js'

const address = (
  domain: number | null,
  bus: number,
  device: number | null,
  func: number | null,
) => ({
  kind: 'address',
  domain,
  bus,
  device,
  func,
})

describe('a DEVICE argument', () => {
  it.each([
    ['03:00.0', address(null, 3, 0, 0)],
    ['0000:03:00.0', address(0, 3, 0, 0)],
    ['0000:03:1F.7', address(0, 3, 0x1f, 7)],
    ['03:00', address(null, 3, 0, null)],
    ['0000:03:00', address(0, 3, 0, null)],
    ['03:00.*', address(null, 3, 0, null)],
    ['03:*', address(null, 3, null, null)],
    ['10000:e1:00.0', address(0x10000, 0xe1, 0, 0)],
    ['00000000:C1:00.0', address(0, 0xc1, 0, 0)],
    ['pci_0000_03_00_0', address(0, 3, 0, 0)],
    ['dom0:01_11.0', address(null, 1, 0x11, 0)],
    ['01_11.0', address(null, 1, 0x11, 0)],
    ['node1-000003000', address(0, 3, 0, 0)],
    ['host=03:00.0', address(null, 3, 0, 0)],
    ['vfio-pci,host=0a:00.0', address(null, 10, 0, 0)],
    ['vfio-pci,id=gpu,host=0000:0a:00.0,multifunction=on', address(0, 10, 0, 0)],
    ['0a:00.0,', address(null, 10, 0, 0)],
    ['[10de:2204]', { kind: 'id', vendor: 0x10de, device: 0x2204 }],
    ['/sys/bus/pci/devices/0000:03:00.0/', address(0, 3, 0, 0)],
    ['path=/sys/devices/pci0000:00/0000:00:01.0/0000:03:00.0', address(0, 3, 0, 0)],
    ["<address domain='0x0000' bus='0x03' slot='0x00' function='0x1'/>", address(0, 3, 0, 1)],
    ['10de:2b85', { kind: 'id', vendor: 0x10de, device: 0x2b85 }],
    ['10DE:', { kind: 'id', vendor: 0x10de, device: null }],
    ['group:14', { kind: 'group', group: 14 }],
    ['/dev/vfio/14', { kind: 'group', group: 14 }],
    ['/dev/vfio/noiommu-0', { kind: 'group', group: 0 }],
    ['/sys/kernel/iommu_groups/14', { kind: 'group', group: 14 }],
    ['vfio3', { kind: 'cdev', name: 'vfio3' }],
    ['/dev/vfio/devices/vfio3', { kind: 'cdev', name: 'vfio3' }],
    ['enp1s0f0', { kind: 'name', name: 'enp1s0f0' }],
    ['3090', { kind: 'name', name: '3090' }],
    ['RTX 3090', { kind: 'name', name: 'RTX 3090' }],
    ['GA102 [GeForce RTX 3090]', { kind: 'name', name: 'GA102 [GeForce RTX 3090]' }],
    ['[GeForce RTX 3090]', { kind: 'name', name: 'GeForce RTX 3090' }],
    ['/dev/nvme0n1', { kind: 'name', name: 'nvme0n1' }],
  ])('%s', (text, expected) => {
    expect(parseDeviceQuery(text)).toEqual(expected)
  })

  it.each(['', '03:00.8', '03:00.00', '!', '../../etc/passwd', '03:00.0; rm -rf', 'x'.repeat(200)])(
    '%s is none',
    (text) => {
      expect(parseDeviceQuery(text)).toBeUndefined()
    },
  )
})
