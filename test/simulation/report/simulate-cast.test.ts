import { describe, expect, it } from 'vitest'
import { castLines } from '../../../src/simulation/report/comparison.js'
import type { CastReport } from '../../../src/simulation/report/simulate-document.js'
import { fullAddress } from '../../support/ask.js'

const STYLE = { width: 200, unicode: false, color: false } as const

function member(text: string, group: CastReport['group'], affected: CastReport['affected']) {
  return { address: fullAddress(text), group, affected }
}

describe('the functions of a story', () => {
  const pair = [fullAddress('01:00.0'), fullAddress('01:00.1')]

  it('are told together where one reset affects them together', () => {
    const cast = [member('01:00.0', 10, pair), member('01:00.1', 11, pair)]
    expect(castLines(cast, STYLE)).toEqual([
      expect.stringContaining(
        '0000:01:00.0 (IOMMU group 10) and 0000:01:00.1 (IOMMU group 11): a hot reset of either affects both.',
      ),
    ])
  })

  it('name who is affected without being in the story', () => {
    expect(castLines([member('01:00.0', null, pair)], STYLE)).toEqual([
      expect.stringContaining(
        '0000:01:00.0 (no group): a hot reset of it affects 0000:01:00.0 and 0000:01:00.1.',
      ),
    ])
  })

  it('say what is not known, and what cannot be reset', () => {
    const cast = [
      member('01:00.0', { unknown: 'denied' }, { unknown: 'denied' }),
      member('02:00.0', 2, []),
      member('03:00.0', 3, [fullAddress('03:00.0')]),
    ]
    expect(castLines(cast, STYLE).map((line) => line.slice(4))).toEqual([
      '0000:01:00.0 (group not read): what a hot reset affects depends on what was not read.',
      '0000:02:00.0 (IOMMU group 2): there is no hot reset.',
      '0000:03:00.0 (IOMMU group 3): a hot reset affects nothing else.',
    ])
  })
})
