import { describe, expect, test } from 'vitest'
import { parsePciAddress } from '../../../src/host/pci-address.js'
import { readVmFacts } from '../../../src/host/read/read-vm-facts.js'
import { createMemoryTree } from '../../../src/host/tree/memory-tree.js'
import type { VmFacts } from '../../../src/host/vm-facts.js'

const F0 = parsePciAddress('0000:03:00.0')
if (F0 === undefined) throw new Error('no address')
const FOLDER = `sys/bus/pci/devices/${F0}`

function read(files: Readonly<Record<string, string>>, kind: 'live' | 'capture' = 'live'): VmFacts {
  const tree = createMemoryTree(Object.entries(files), { kind, path: null })
  return readVmFacts(tree, { functions: F0 === undefined ? [] : [F0], groups: [7] })
}

describe('reserved regions', () => {
  const path = 'sys/kernel/iommu_groups/7/reserved_regions'

  test('as the kernel prints them', () => {
    const text =
      '0x00000000bf000000 0x00000000bfffffff direct\n0x00000000fee00000 0x00000000feefffff msi\n'
    expect(read({ [path]: text }).reservedRegions.get(7)).toEqual({
      known: true,
      value: [
        { start: '0x00000000bf000000', end: '0x00000000bfffffff', type: 'direct' },
        { start: '0x00000000fee00000', end: '0x00000000feefffff', type: 'msi' },
      ],
    })
  })

  test('none', () => {
    expect(read({ [path]: '' }).reservedRegions.get(7)).toEqual({ known: true, value: [] })
  })

  test('a line of another form and a missing file are gaps', () => {
    expect(read({ [path]: 'all of it\n' }).reservedRegions.get(7)).toMatchObject({
      known: false,
      gap: { why: 'malformed' },
    })
    expect(read({}, 'capture').reservedRegions.get(7)).toMatchObject({
      known: false,
      gap: { path, why: 'not-captured' },
    })
  })
})

describe('interrupts', () => {
  test.each([
    ['  24:  0  1  IR-PCI-MSI-0000:00:1f.2    0-edge      ahci', 'remapped'],
    ['   8:  0  IR-IO-APIC    8-edge      rtc0', 'remapped'],
    [' 150:  0  ITS-PCI-MSI-0000:01:00.0   0 Edge nvme0q0', 'remapped'],
    ['  24:  0  1  PCI-MSI 327680-edge      xhci_hcd', 'direct'],
    ['   2:  0  IO-APIC   2-edge', 'direct'],
  ])('%s: %s', (line, expected) => {
    expect(read({ 'proc/interrupts': `     CPU0 CPU1\n${line}\n` }).interrupts).toEqual({
      known: true,
      value: expected,
    })
  })

  test('of a machine that is not known here', () => {
    expect(read({ 'proc/interrupts': ' 1: 5 MPIC 3 Level eth0\n' }).interrupts).toMatchObject({
      known: false,
      gap: { why: 'unmodelled' },
    })
  })

  test.each([
    ['Y\n', { known: true, value: true }],
    ['N\n', { known: true, value: false }],
  ])('allow_unsafe_interrupts %j', (text, expected) => {
    const path = 'sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts'
    expect(read({ [path]: text }).unsafeInterrupts.group).toEqual(expected)
  })
})

describe('the function', () => {
  test('d3cold_allowed: yes, no, none', () => {
    const of = (files: Readonly<Record<string, string>>) => read(files).d3coldAllowed.get(F0)
    expect(of({ [`${FOLDER}/d3cold_allowed`]: '1\n' })).toEqual({ known: true, value: true })
    expect(of({ [`${FOLDER}/d3cold_allowed`]: '0\n' })).toEqual({ known: true, value: false })
    expect(of({})).toEqual({ known: true, value: null })
    expect(read({}, 'capture').d3coldAllowed.get(F0)).toMatchObject({ known: false })
  })

  test('what the host calls it', () => {
    const files = {
      [`${FOLDER}/net/eth0/uevent`]: '',
      [`${FOLDER}/nvme/nvme3/uevent`]: '',
      [`${FOLDER}/drm/card0/uevent`]: '',
      [`${FOLDER}/drm/card0-HDMI-A-1/uevent`]: '',
      [`${FOLDER}/drm/renderD128/uevent`]: '',
    }
    expect(read(files).names.get(F0)).toEqual(['eth0', 'nvme3', 'card0'])
  })
})
