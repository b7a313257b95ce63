import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { VOCABULARY } from '../../src/text/vocabulary.js'
import { withSections } from '../support/reference.js'

const PAGE = new URL('../../docs/concepts.md', import.meta.url)

test('the glossary of docs/concepts.md is the vocabulary; -u writes it', async () => {
  const rows = VOCABULARY.map(({ term, means }) => `| **${term}** | ${means} |`)
  const glossary = ['| word | meaning |', '|---|---|', ...rows].join('\n')
  const page = withSections(readFileSync(PAGE, 'utf8'), { glossary })
  await expect(page).toMatchFileSnapshot('../../docs/concepts.md')
})

test('no word stands in it twice', () => {
  const terms = VOCABULARY.map(({ term }) => term.toLowerCase())
  expect(new Set(terms).size).toBe(terms.length)
})
