import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const FOLDER = new URL('../../src/commands/', import.meta.url)

it.each(readdirSync(FOLDER))('%s is flags, one call, answer, exit code, and no more', (file) => {
  const text = readFileSync(new URL(file, FOLDER), 'utf8')
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
})
