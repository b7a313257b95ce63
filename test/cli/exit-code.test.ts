import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HostError, UsageError } from '../../src/cli/errors.js'
import { type AnswerCode, exitCodeFor, worstExitCode } from '../../src/cli/exit-code.js'

describe('worstExitCode', () => {
  it.each<[readonly AnswerCode[], AnswerCode]>([
    [[], 0],
    [[0, 0], 0],
    [[0, 1], 1],
    [[1, 3, 0], 3],
    [[3, 4, 1], 4],
  ])('of %j is %i', (codes, worst) => {
    expect(worstExitCode(codes)).toBe(worst)
  })

  it('does not depend on the order', () => {
    const codes = fc.array(fc.constantFrom<AnswerCode>(0, 1, 3, 4))
    fc.assert(
      fc.property(codes, (list) => worstExitCode(list) === worstExitCode([...list].reverse())),
    )
  })
})

describe('exitCodeFor', () => {
  it('is 2 for a call that the user can fix', () => {
    expect(exitCodeFor(new UsageError('Unknown flag.'))).toBe(2)
  })

  it('is 3 for a host that cannot be read', () => {
    expect(exitCodeFor(new HostError('Cannot list sys.'))).toBe(3)
  })

  it.each([new Error('x'), new TypeError('x'), 'text', undefined, { exitCode: 1 }])(
    'is 70 for anything else: %o',
    (error) => {
      expect(exitCodeFor(error)).toBe(70)
    },
  )
})
