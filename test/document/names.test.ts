import { describe, expect, it } from 'vitest'
import { lookUpNames, type NamedFunction } from '../../src/document/names.js'
import { known, unknown } from '../../src/host/gap.js'
import { formatPciAddress } from '../../src/host/pci-address.js'

const LIST = `#
# a comment
10de  NVIDIA Corporation
\t2204  GA102 [GeForce RTX 3090]
\t\t1458 403b  a subsystem
# a comment inside a section
\t1aef  GA102 High Definition Audio Controller
1022  Advanced Micro Devices, Inc. [AMD]
\t2204  A device of another vendor with the same number
C 03  Display controller
\t00  VGA compatible controller
\t\t00  VGA controller
C 04  Multimedia controller
\t03  Audio device
`

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function fn(
  device: number,
  ids: { vendor: number; device: number; classCode: number },
): NamedFunction {
  return {
    address: formatPciAddress({ domain: 0, bus: device >> 5, device: device & 31, func: 0 }),
    vendorId: known(ids.vendor),
    deviceId: known(ids.device),
    classCode: known(ids.classCode),
  }
}

const GPU = fn(0, { vendor: 0x10de, device: 0x2204, classCode: 0x030000 })

function nameOf(text: string, each: NamedFunction) {
  return lookUpNames(bytes(text), [each]).get(each.address)
}

describe('lookUpNames', () => {
  it('finds vendor, device and subclass', () => {
    expect(nameOf(LIST, GPU)).toEqual({
      vendor: 'NVIDIA Corporation',
      device: 'GA102 [GeForce RTX 3090]',
      class: 'VGA compatible controller',
    })
  })

  it('finds a device behind a comment inside the section', () => {
    const audio = fn(0, { vendor: 0x10de, device: 0x1aef, classCode: 0x040300 })
    expect(nameOf(LIST, audio)?.device).toBe('GA102 High Definition Audio Controller')
  })

  it('does not take a device of the next vendor for an unknown one', () => {
    const other = fn(0, { vendor: 0x1022, device: 0x1aef, classCode: 0x030000 })
    expect(nameOf(LIST, other)).toMatchObject({
      vendor: 'Advanced Micro Devices, Inc. [AMD]',
      device: null,
    })
  })

  it('does not take a subsystem or a programming interface for a device', () => {
    const list =
      '10de  NVIDIA\n\t\t1458 403b  a subsystem\n\t\t1458  odd\nC 03  Display\n\t\t00  VGA\n'
    const odd = fn(0, { vendor: 0x10de, device: 0x1458, classCode: 0x030000 })
    expect(nameOf(list, odd)).toEqual({ vendor: 'NVIDIA', device: null, class: 'Display' })
  })

  it('falls back to the base class', () => {
    const odd = fn(0, { vendor: 0x10de, device: 0x2204, classCode: 0x037700 })
    expect(nameOf(LIST, odd)?.class).toBe('Display controller')
  })

  it('names nothing without a list, and nothing that was not read', () => {
    expect(lookUpNames(null, [GPU]).size).toBe(0)
    const gap = unknown({ path: 'x', why: 'denied', detail: 'EACCES' })
    const hidden = { ...GPU, vendorId: gap, deviceId: gap, classCode: gap }
    expect(nameOf(LIST, hidden)).toEqual({ vendor: null, device: null, class: null })
  })

  it('finds an entry in the first line and cuts a name that never ends', () => {
    expect(nameOf(`10de  ${'N'.repeat(9999)}`, GPU)?.vendor).toBe('N'.repeat(198))
  })

  it('shares one object between functions with the same numbers', () => {
    const twin = { ...GPU, address: formatPciAddress({ domain: 0, bus: 2, device: 0, func: 0 }) }
    const names = lookUpNames(bytes(LIST), [GPU, twin])
    expect(names.get(twin.address)).toBe(names.get(GPU.address))
  })

  it('gives the same names by one pass over the list as by searching', () => {
    const many = Array.from({ length: 300 }, (_, number) =>
      fn(number, { vendor: 0x8086, device: 0x1000 + number, classCode: 0x020000 }),
    )
    const lines = many.map((_, number) => `\t${(0x1000 + number).toString(16)}  NIC ${number}`)
    const list = `${LIST}8086  Intel\n${lines.join('\n')}\n\t1000  a second entry for the first one\n`
    const functions = many.map((each, number) =>
      number === 9 ? { ...GPU, address: each.address } : each,
    )
    const all = lookUpNames(bytes(list), functions)
    for (const each of functions) expect(all.get(each.address)).toEqual(nameOf(list, each))
  })
})
