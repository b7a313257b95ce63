import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CHECKS } from '../../../src/preflight/checks/index.js'
import { NO_PLAN_WORDS } from '../../../src/preflight/report/check-words.js'
import { START_WORDS } from '../../../src/preflight/report/start-words.js'

describe('words of a preflight', () => {
  test.each(Object.entries(START_WORDS))(
    '%s: hints are sentences or commands',
    (_, { title, hint }) => {
      expect(title).not.toBe('')
      if (hint !== null) expect(hint).toMatch(/[.)`]$|^modprobe /)
    },
  )

  test('no two checks have the same id', () => {
    expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length)
  })

  test('each says why there is no plan in one sentence', () => {
    for (const words of Object.values(NO_PLAN_WORDS)) expect(words).toMatch(/^[^.]+\.$/)
  })

  test('the document names every check', () => {
    const text = readFileSync(new URL('../../../docs/preflight.md', import.meta.url), 'utf8')
    for (const { id } of CHECKS) expect(text).toContain(id)
  })
})
