import { describe, expect, it } from 'vitest'
import type { InfoAnswer, PredictedStep, StepAnswer } from '../../lab/answers.js'
import { compareSteps } from '../../lab/compare.js'

const OK: StepAnswer = { outcome: 'ok', errno: null }
const EINVAL: StepAnswer = { outcome: 'refused', errno: 'EINVAL' }

const info = (devid: number, flags: readonly string[] = ['dev-id']): InfoAnswer => ({
  flags,
  devices: [
    { address: '0000:01:00.0', group: null, devid },
    { address: '0000:01:00.1', group: null, devid: -1 },
  ],
})

const compare = (predicted: PredictedStep, actual: StepAnswer | null) =>
  compareSteps([predicted], [actual])[0]

describe('a step', () => {
  it('agrees in outcome and errno', () => {
    expect(compare(EINVAL, EINVAL)).toStrictEqual({ kind: 'agreed' })
    expect(compare(OK, EINVAL)).toStrictEqual({
      kind: 'differs',
      predicted: 'ok',
      actual: 'EINVAL',
    })
    expect(compare(EINVAL, { outcome: 'refused', errno: 'EPERM' })?.kind).toBe('differs')
  })

  it('agrees when the kernel gave an errno of the moment that was named', () => {
    const predicted = { ...OK, possible: ['ENOTTY', 'EBUSY'] }
    const actual: StepAnswer = { outcome: 'refused', errno: 'ENOTTY' }
    expect(compare(predicted, actual)).toStrictEqual({ kind: 'unpredictable', errno: 'ENOTTY' })
    expect(compare(OK, actual)?.kind).toBe('differs')
  })

  it('is no agreement when the model could not tell, be it only what INFO lists', () => {
    const unlisted: PredictedStep = { ...OK, info: { unknown: 'unmodelled' } }
    expect(compare(unlisted, { ...OK, info: info(1) })?.kind).toBe('undetermined')
    expect(compare(unlisted, EINVAL)?.kind).toBe('differs')
    expect(compare({ outcome: 'undetermined', errno: null }, OK)).toStrictEqual({
      kind: 'undetermined',
    })
  })

  it('may be skipped by both', () => {
    const skipped: PredictedStep = { outcome: 'refused', errno: null, skipped: 'not-open' }
    expect(compare(skipped, null)).toStrictEqual({ kind: 'agreed' })
    expect(compare(OK, null)?.kind).toBe('differs')
  })

  it('may not be missing', () => {
    expect(compareSteps([], [OK])[0]?.kind).toBe('differs')
    expect(compareSteps([OK], [])[0]?.kind).toBe('differs')
  })
})

describe('what INFO wrote', () => {
  const step = (one: InfoAnswer): StepAnswer => ({ ...OK, info: one })

  it('agrees whatever the number of an owned device is, and in any order', () => {
    const { flags, devices } = info(1)
    const other = { flags, devices: devices.toReversed() }
    expect(compare(step(info(7)), step(other))).toStrictEqual({ kind: 'agreed' })
  })

  it('differs in ownership, flags and presence', () => {
    expect(compare(step(info(1)), step(info(0)))?.kind).toBe('differs')
    expect(compare(step(info(1)), step(info(1, ['dev-id', 'dev-id-owned'])))?.kind).toBe('differs')
    expect(compare(step(info(1)), OK)?.kind).toBe('differs')
  })
})
