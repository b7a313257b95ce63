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
