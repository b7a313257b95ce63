import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { kernelOf } from '../src/kernel/kernel.js'
import { carries } from '../src/kernel/kernel-change.js'
import { parseKernelRelease } from '../src/kernel/kernel-release.js'
import { EVER } from '../src/pci/flags.js'
import { parseScenario } from '../src/simulation/scenario/parse-scenario.js'
import { KERNEL_RULES } from '../src/vfio/kernel-rules.js'
import { fieldsOf } from './support/example.js'
import { loadFiles } from './support/load-host.js'
import { QUIRK_CHANGES, referenceSections, withSections } from './support/reference.js'

const FOLDER = new URL('../docs/reference/', import.meta.url)
const PAGES = readdirSync(FOLDER)

const SCHEMAS = new URL('../share/schema/', import.meta.url)
const COMMON = new Set(['schemaVersion', 'kind', 'tool', 'source', 'summary', 'gaps'])

/** What the parser knows, as its complaint lists it. */
const VERBS = listed('{actor: a, do: none}')

function listed(step: string): readonly string[] {
  const scenario = parseScenario(`steps: [${step}]`)
  return 'problem' in scenario
    ? (scenario.problem.split(/ (?:are|has) /).at(-1) ?? '').split(', ')
    : []
}

describe('the parts of docs/reference that the code decides are as it says; -u writes them', async () => {
  const sections = await referenceSections(await loadFiles({}))

  test.each(PAGES)('%s', async (page) => {
    const text = readFileSync(new URL(page, FOLDER), 'utf8')
    await expect(withSections(text, sections)).toMatchFileSnapshot(`../docs/reference/${page}`)
  })

  test('every part stands somewhere', () => {
    const all = PAGES.map((page) => readFileSync(new URL(page, FOLDER), 'utf8')).join('')
    for (const name of Object.keys(sections)) expect(all).toContain(`<!-- generated: ${name} -->`)
  })
})

describe('every rule that releases differ in', async () => {
  const page = readFileSync(new URL('hot-reset.md', FOLDER), 'utf8')
  const raw = await loadFiles({})
  const changes = [...Object.values(KERNEL_RULES), ...QUIRK_CHANGES]
  const ofOneRelease = changes.filter(({ mainline }) => mainline !== EVER.mainline)

  test.each(ofOneRelease.map((change) => [change.what, change] as const))(
    'names both sides of its border and how it is known: %s',
    (what, change) => {
      const row = page.split('\n').find((line) => line.startsWith(`| ${what} |`)) ?? ''
      const [, , borders = '', source = ''] = row.split(' | ').flatMap((cell) => cell.split(/^\| /))
      const [lacks, has] = /^(\d\.\d+) → (\d\.\d+)/.exec(borders)?.slice(1) ?? []
      expect([borders, lacks, has]).not.toContain(undefined)
      expect(source.replace(/\|/g, '').trim().length).toBeGreaterThan(5)
      const carriedBy = (release: string) =>
        carries(kernelOf(raw, parseKernelRelease(`${release}.0`)), change)
      expect(carriedBy(has ?? '')).toEqual({ known: true, value: true })
      expect(carriedBy(lacks ?? '')).not.toEqual({ known: true, value: true })
    },
  )
})

describe('scenarios.md', () => {
  const page = readFileSync(new URL('scenarios.md', FOLDER), 'utf8')

  test('its example is a scenario with every verb', () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
    expect(parseScenario(example)).not.toHaveProperty('problem')
    const used = [...example.matchAll(/do: ([\w-]+)/g)].map(([, verb]) => verb)
    expect(used.toSorted()).toEqual(VERBS.toSorted())
  })

  test.each(VERBS)('names the keys of %s', (verb) => {
    const row = page
      .split('\n')
      .find((line) => line.startsWith('|') && line.includes(`\`${verb}\``))
    for (const key of listed(`{actor: a, do: ${verb}, none: 1}`)) {
      expect(`\`actor\` \`expect\` ${row}`).toContain(`\`${key}\``)
    }
  })
})

test('documents.md names the fields of every document, but for those that all have', () => {
  const page = readFileSync(new URL('documents.md', FOLDER), 'utf8')
  const missing = readdirSync(SCHEMAS).flatMap((file) => {
    const kind = file.replace('.schema.json', '')
    const schema = JSON.parse(readFileSync(new URL(file, SCHEMAS), 'utf8'))
    const section = page.split(/^## /m).find((each) => each.startsWith(`${kind}\n`)) ?? page
    const named = new Set(section.match(/`[^`]+`/g)?.flatMap((code) => code.match(/\w+/g) ?? []))
    return fieldsOf(schema, schema.$defs)
      .filter((field) => !COMMON.has(field) && !named.has(field))
      .map((field) => `${kind}.${field}`)
  })
  expect(missing).toEqual([])
})
