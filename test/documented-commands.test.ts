import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../src/commands/index.js'
import { runMain } from './support/run-main.js'
import { runOnTerminal } from './support/run-on-terminal.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const PAGES = [
  'README.md',
  ...readdirSync(`${ROOT}/docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** Names that do not depend on what this system has installed. */
const NAMES = ['--pci-ids', `${ROOT}/share/pci.ids.gz`]

test('README shows what a terminal of 80x24 shows; -u writes it', {
  timeout: 120_000,
}, async () => {
  let page = read('README.md')
  const blocks = [...page.matchAll(/^```\n\$ vfio-reset (.*)\n[\s\S]*?^```$/gm)]
  expect(blocks.length).toBeGreaterThan(5)
  for (const [block, line = ''] of blocks) {
    const words = wordsOf(line)
    const { flags } = await definitionOf(words[0] ?? '')
    const { stdout } = await runOnTerminal(...words, ...('pci-ids' in flags ? NAMES : []))
    expect(stdout.split('\n').length, line).toBeLessThanOrEqual(24)
    page = page.replace(block, () => `\`\`\`\n$ vfio-reset ${line}\n${stdout.trimEnd()}\n\`\`\``)
  }
  await expect(page).toMatchFileSnapshot('../README.md')
})

describe.each(PAGES)('each command line of %s', { timeout: 120_000 }, (page) => {
  const lines = [...new Set(commandLines(read(page)))]

  test('is of a command and flags that there are', async () => {
    for (const line of lines) {
      const [id = '', ...words] = wordsOf(line)
      const { flags, args } = await definitionOf(id)
      for (const word of words.filter((each) => /^--[a-z]/.test(each))) {
        expect(Object.keys(flags), line).toContain(word.slice(2).replace(/=.*/, ''))
      }
      if (!args) expect(words[0] ?? '-', line).toMatch(/^-/)
    }
  })

  // docs/json.md shows errors too, and has a test of its own that runs all of it.
  test.skipIf(page === 'docs/json.md')('about the demo host is answered', async () => {
    for (const line of lines.filter((each) => / --demo\b/.test(each))) {
      const words = wordsOf(line).map((word) => (/\.(?:html|svg|dot)$/.test(word) ? '-' : word))
      const { exitCode, stderr } = await runMain(...words)
      expect([0, 1, 3], `${line}\n${stderr}`).toContain(exitCode)
    }
  })
})

/** The tool’s command lines in the blocks of a page, without what stands before and behind them in a pipe. */
function commandLines(page: string): readonly string[] {
  const blocks = page.matchAll(/^```(?:sh)?\n([\s\S]*?)^```$|((?:^ {4}\S.*\n)+)/gm)
  return [...blocks]
    .flatMap(([, fenced, indented]) => (fenced ?? indented ?? '').split('\n'))
    .flatMap(
      (line) => /^\s*(?:\$ |(?:[^#]*\| ))?(?:sudo )?vfio-reset ([a-z].*)$/.exec(line)?.[1] ?? [],
    )
    .map((line) => line.replace(/\s+(?:#|\||<|2?>|&&|;).*$/, '').trim())
    .filter((line) => !/[…[\]{}]|\.\.\./.test(line))
}

function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
}

async function definitionOf(
  id: string,
): Promise<{ readonly flags: object; readonly args: boolean }> {
  const load = new Map(Object.entries(COMMANDS)).get(id)
  if (load === undefined) throw new Error(`no command ${id}`)
  const { default: command } = await load()
  const own = 'flags' in command ? Object(command.flags) : {}
  return { flags: { ...command.baseFlags, ...own, help: true }, args: 'args' in command }
}

function read(page: string): string {
  return readFileSync(`${ROOT}/${page}`, 'utf8')
}
