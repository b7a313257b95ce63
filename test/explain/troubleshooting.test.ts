import { expect, it } from 'vitest'
import { DIAGNOSES } from '../../src/explain/catalogue/diagnosis.js'
import { DIAGNOSIS_WORDS } from '../../src/explain/catalogue/words/diagnosis-words.js'
import { troubleshootingPage } from './troubleshooting-page.js'

it('docs/troubleshooting.md is what the catalogue says; `vitest -u` writes it anew', async () => {
  await expect(troubleshootingPage()).toMatchFileSnapshot('../../docs/troubleshooting.md')
})

it('has every diagnosis, each under what somebody notices', () => {
  const page = troubleshootingPage().toLowerCase()
  for (const [id, { title }] of Object.entries(DIAGNOSIS_WORDS)) {
    expect(page, id).toContain(title.toLowerCase())
  }
  expect(Object.keys(DIAGNOSES)).toHaveLength(Object.keys(DIAGNOSIS_WORDS).length)
})

it('has no heading twice, so that each can be linked to', () => {
  const headings = [...troubleshootingPage().matchAll(/^#{2,3} .*$/gm)].map(([text]) => text)
  expect(headings.filter((each, place) => headings.indexOf(each) !== place)).toEqual([])
})
