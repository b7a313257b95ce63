import { describe, expect, test } from 'vitest'
import { acsBitNames, missingAcsFlags, REQ_ACS_FLAGS } from '../../src/iommu/acs.js'

describe('ACS registers', () => {
  test('bits have their names in register order, unnamed ones are left out', () => {
    expect(acsBitNames(0x7f)).toEqual(['SV', 'TB', 'RR', 'CR', 'UF', 'EC', 'DT'])
    expect(acsBitNames(0x1d)).toEqual(['SV', 'RR', 'CR', 'UF'])
    expect(acsBitNames(0x1f80)).toEqual([])
  })

  test.each([
    { capability: 0x1f, control: 0x1d, missing: [] },
    { capability: 0x1f, control: 0x11, missing: ['RR', 'CR'] },
    { capability: 0x11, control: 0x11, missing: [] },
    { capability: 0x00, control: 0x00, missing: [] },
    { capability: 0x7f, control: 0x00, missing: ['SV', 'RR', 'CR', 'UF'] },
  ])('cap $capability ctl $control lacks $missing', ({ capability, control, missing }) => {
    const found = missingAcsFlags({ capability, control }, REQ_ACS_FLAGS)
    expect(acsBitNames(found)).toEqual(missing)
  })

  test('egress control is asked for even where the capability lacks it', () => {
    expect(acsBitNames(missingAcsFlags({ capability: 0, control: 0 }, 0x20))).toEqual(['EC'])
  })
})
