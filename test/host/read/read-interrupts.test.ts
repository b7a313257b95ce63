import { describe, expect, test } from 'vitest'
import { readSystem } from '../../../src/host/read/read-system.js'
import { createMemoryTree } from '../../../src/host/tree/memory-tree.js'

function read(files: Readonly<Record<string, string>>) {
  const tree = createMemoryTree(Object.entries(files), { kind: 'live', path: null })
  return readSystem(tree).system
}

const REMAPPED = '  24:  0  1  IR-PCI-MSI-0000:00:1f.2    0-edge      ahci'

describe('interrupts', () => {
  test.each([
    ['  24:  0  1  IR-PCI-MSI-0000:00:1f.2    0-edge      ahci', 'remapped'],
    ['   8:  0  IR-IO-APIC    8-edge      rtc0', 'remapped'],
    [' 150:  0  ITS-PCI-MSI-0000:01:00.0   0 Edge nvme0q0', 'remapped'],
    ['  24:  0  1  PCI-MSI 327680-edge      xhci_hcd', 'direct'],
    ['   2:  0  IO-APIC   2-edge', 'direct'],
    ['  11:  0  GICv2  30 Level     arch_timer', 'direct'],
    [' 11:       1688 GIC-0  27 Level     arch_timer', 'direct'],
    [' 21:  0  GICv2m-PCI-MSIX-0000:00:10.0   0 Edge      PCIe PME, aerdrv', 'direct'],
  ])('%s: %s', (line, expected) => {
    expect(read({ 'proc/interrupts': `     CPU0 CPU1\n${line}\n` }).interrupts).toEqual({
      known: true,
      value: expected,
    })
  })

  test.each(['intremap=off', 'quiet nointremap'])('are direct with %s', (line) => {
    const { interrupts } = read({ 'proc/cmdline': `${line}\n`, 'proc/interrupts': REMAPPED })
    expect(interrupts).toEqual({ known: true, value: 'direct' })
  })

  test.each([
    [['f020de', 'f020de'], 'remapped'],
    [['f020de', 'f020d6'], 'direct'],
  ])('by the capabilities of all units: %s', (ecaps, expected) => {
    const units = ecaps.map((ecap, index) => [
      `sys/class/iommu/dmar${index}/intel-iommu/ecap`,
      `${ecap}\n`,
    ])
    const { interrupts } = read({ 'proc/interrupts': REMAPPED, ...Object.fromEntries(units) })
    expect(interrupts).toEqual({ known: true, value: expected })
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
