import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compareWithList, isKnown, type OpenCause, writeKnownOpen } from '../../lab/known-open.js'
import type { CaseOutcome } from '../../lab/outcome.js'

const folder = mkdtempSync(join(tmpdir(), 'vfio-reset-open-'))
afterAll(() => rmSync(folder, { recursive: true }))

const outcome = (name: string, verdict: CaseOutcome['verdict']): CaseOutcome => ({
  kernel: '6.12',
  topology: 'ports',
  setup: 'plain',
  name,
  verdict,
  remarks: [],
})

const CAUSES: readonly OpenCause[] = [
  {
    cause: 'key',
    about: 'fixes it',
    verdict: 'differs',
    open: ['6.12 ports/plain a', '6.12 ports/plain b', '6.12 ports/plain e'],
  },
  { cause: 'token', about: 'keeps it', verdict: 'undetermined', open: ['6.12 ports/plain f'] },
]

const OUTCOMES = [
  outcome('a', 'differs'),
  outcome('b', 'agreed'),
  outcome('c', 'undetermined'),
  outcome('d', 'agreed'),
  outcome('e', 'undetermined'),
  outcome('f', 'undetermined'),
]

describe('the list of what is known to be open', () => {
  it('lacks what parts and is not on it, and has too much in what agrees', () => {
    expect(compareWithList(OUTCOMES, CAUSES)).toStrictEqual({
      missing: ['undetermined: 6.12 ports/plain c', 'undetermined: 6.12 ports/plain e'],
      settled: ['differs: 6.12 ports/plain b', 'differs: 6.12 ports/plain e'],
    })
  })

  it('holds for a newer release of the kernel as well', () => {
    expect(isKnown({ ...outcome('a', 'differs'), kernel: '6.13' }, CAUSES)).toBe(true)
    expect(isKnown({ ...outcome('a', 'differs'), setup: 'other' }, CAUSES)).toBe(false)
    expect(isKnown(outcome('a', 'undetermined'), CAUSES)).toBe(false)
  })

  it('is brought up to date with its causes kept, and what has none told apart', async () => {
    const file = join(folder, 'known-open.json')
    writeFileSync(file, JSON.stringify(CAUSES))
    const list = await writeKnownOpen(file, OUTCOMES)
    expect(list).toMatchObject([
      { cause: 'key', about: 'fixes it', verdict: 'differs', open: ['6.12 ports/plain a'] },
      { cause: 'token', verdict: 'undetermined', open: ['6.12 ports/plain f'] },
      {
        cause: 'unexplained',
        verdict: 'undetermined',
        open: ['6.12 ports/plain c', '6.12 ports/plain e'],
      },
    ])
  })
})
