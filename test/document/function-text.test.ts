import { describe, expect, it } from 'vitest'
import { classWords } from '../../src/document/class-words.js'
import { describeFunction, type NamedFacts } from '../../src/document/function-text.js'
import { listed, lowerFirst } from '../../src/text/english.js'
import { at } from '../support/report-of.js'

const GPU: NamedFacts = {
  name: { vendor: 'NVIDIA Corporation', device: 'GA102', class: 'VGA compatible controller' },
  classCode: '030000',
  parent: at('0000:00:01.0'),
  vendorId: '10de',
  deviceId: '2204',
}

function vendor(name: string): string {
  return describeFunction({ ...GPU, name: { vendor: name, device: 'X1', class: null } })
}

describe('describeFunction', () => {
  it('names class, vendor and device', () => {
    expect(describeFunction(GPU)).toBe('VGA: NVIDIA GA102')
  })

  it('gives numbers without names, as lspci -n', () => {
    expect(describeFunction({ ...GPU, name: null })).toBe('0300: 10de:2204')
  })

  it('gives what is known of a device that the list lacks', () => {
    const name = { vendor: 'Intel Corporation', device: null, class: null }
    expect(describeFunction({ ...GPU, name })).toBe('VGA: Intel Device 2204')
    expect(describeFunction({ ...GPU, name: { vendor: null, device: null, class: null } })).toBe(
      'VGA: 10de:2204',
    )
  })

  it('says what was not read', () => {
    const hidden = { unknown: 'denied' } as const
    const facts = { ...GPU, name: null, classCode: hidden, vendorId: hidden, deviceId: hidden }
    expect(describeFunction(facts)).toBe('class not read')
    expect(describeFunction({ ...GPU, name: null, deviceId: hidden })).toBe('0300: 10de:????')
  })

  it('shortens the names of companies, but never to nothing', () => {
    expect(vendor('Advanced Micro Devices, Inc. [AMD/ATI]')).toBe('VGA: AMD/ATI X1')
    expect(vendor('Realtek Semiconductor Co., Ltd.')).toBe('VGA: Realtek X1')
    expect(vendor('Broadcom Inc. and subsidiaries')).toBe('VGA: Broadcom X1')
    expect(vendor('X1')).toBe('VGA: X1')
  })
})

describe('classWords', () => {
  it('takes a 0680 function behind a bridge for a switch, one on a root bus for chipset', () => {
    expect(classWords('068000', false).purpose).toBe('fabric')
    expect(classWords('068000', true).purpose).toBe('chipset')
  })

  it('does not take a host bridge for a switch, nor an unknown class for chipset', () => {
    expect(classWords('060000', false).purpose).toBe('chipset')
    expect(classWords({ unknown: 'denied' }, false).purpose).toBe('unknown')
  })
})

describe('lists and cases', () => {
  it('joins', () => {
    expect(listed([])).toBe('')
    expect(listed(['a'])).toBe('a')
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c')
  })

  it('lowers a first letter, not an acronym', () => {
    expect(lowerFirst('Without driver')).toBe('without driver')
    expect(lowerFirst('PF and VF')).toBe('PF and VF')
  })
})
