import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FORMATS } from '../../src/preflight/inputs/formats.js'
import { withSections } from '../support/reference.js'

const PAGE = new URL('../../docs/preflight.md', import.meta.url)

test('docs/preflight.md lists every format and what of it is read; -u writes it', async () => {
  const rows = FORMATS.map(({ id, words, option, reads }) => {
    const flags = option === null ? '`--vm`' : `\`--vm\`, \`--${option}\``
    return `| ${words} | \`${id}\` | ${flags} | ${reads} |`
  })
  const table = ['| format | in `--json` | option | what is read |', '|---|---|---|---|', ...rows]
  const page = withSections(readFileSync(PAGE, 'utf8'), { formats: table.join('\n') })
  await expect(page).toMatchFileSnapshot('../../docs/preflight.md')
})

test('docs/preflight.md names every check', async () => {
  const { CHECKS } = await import('../../src/preflight/checks/index.js')
  const page = readFileSync(PAGE, 'utf8')
  for (const { id } of CHECKS) expect(page, id).toMatch(new RegExp(`^\\|.*\\b${id}\\b`, 'm'))
})
