import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const BIOME = 'node_modules/@biomejs/biome/bin/biome'
const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** A command line of the tool, and what it must show afterwards. */
type Showing = readonly [commandLine: string, shows: string]

/**
 * Recipes of CONTRIBUTING.md, by their headings. The blocks of each are followed to the letter in a copy of the sources: a
 * file is written as it stands there, the lines that a diff adds go below the lines that it shows, commands are run.
 */
const RECIPES: readonly (readonly [heading: string, showings: readonly Showing[]])[] = [
  [
    'Add a policy',
    [
      ['policies', 'alone-or-context'],
      ['inspect 0a:00.0 --demo --policy alone-or-context', 'alone-or-context'],
      [
        'simulate fixtures/scenarios/two-users.yaml --capture fixtures/scenarios/debate-2023.tar.gz --policy alone-or-context',
        'a set of one needs no proof',
      ],
    ],
  ],
  ['Add a check to `preflight`', [['preflight 0a:00.0 --demo --all', 'early silicon']]],
]

/** The whole of the sources is compiled, and tests run inside a test. */
const SLOW = { timeout: 600_000 }

describe.each(RECIPES)('%s', SLOW, (heading, showings) => {
  const blocks = blocksBelow(heading)
  let copy = ''
  beforeAll(() => {
    copy = copyOfSources()
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  test('its steps can be followed, and compile', async () => {
    expect(blocks.length).toBeGreaterThan(0)
    for (const block of blocks) follow(copy, block)
    const files = blocks.flatMap(({ path }) => (path === '' ? [] : [path]))
    await run(copy, BIOME, 'check', '--vcs-enabled=false', ...files)
    await run(copy, 'node_modules/typescript/bin/tsc')
  })

  test('what they add shows', async () => {
    await bundle(copy)
    for (const [commandLine, shows] of showings) {
      expect(await run(copy, 'bin/run.js', ...commandLine.split(' ')), commandLine).toContain(shows)
    }
  })

  test('its commands succeed', async () => {
    const commands = blocks.flatMap(({ kind, lines }) => (kind === 'sh' ? lines : []))
    for (const command of commands) {
      const [npx, tool, ...words] = command.split(' ')
      expect([npx, tool]).toEqual(['npx', 'vitest'])
      await run(copy, 'node_modules/vitest/vitest.mjs', ...words)
    }
  })
})

/** A fenced block: `ts PATH` and `diff PATH` are about a file, `sh` is typed. */
interface Block {
  readonly kind: string
  readonly path: string
  readonly lines: readonly string[]
}

function blocksBelow(heading: string): readonly Block[] {
  const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8')
  const section = text.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? ''
  const found = section.matchAll(/^( *)```(\w+) ?(.*)\n([\s\S]*?)^ *```$/gm)
  return [...found].map(([, indent = '', kind = '', path = '', body = '']) => ({
    kind,
    path,
    lines: body
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(indent, '')),
  }))
}

function follow(copy: string, { kind, path, lines }: Block): void {
  const file = join(copy, path)
  if (kind === 'diff')
    writeFileSync(file, patched(readFileSync(file, 'utf8').split('\n'), lines).join('\n'))
  if (kind !== 'ts') return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${lines.join('\n')}\n`)
}

/** The lines that a diff shows unchanged are found one below the other; what it adds follows the last of them. */
function patched(text: readonly string[], diff: readonly string[]): readonly string[] {
  const made = [...text]
  let at = -1
  for (const line of diff) {
    if (line.startsWith('+')) {
      at += 1
      made.splice(at, 0, line.slice(1))
    } else {
      const next = made.indexOf(line.slice(1), at + 1)
      expect(next, line).toBeGreaterThan(at)
      at = next
    }
  }
  return made
}

/** All that the recipes change or run, and the rest as links. */
function copyOfSources(): string {
  const copy = mkdtempSync(join(tmpdir(), 'vfio-reset-recipe-'))
  for (const name of ['src', 'test', 'docs', 'bin'])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  for (const name of [
    'package.json',
    'tsconfig.json',
    'biome.json',
    'vitest.config.ts',
    'README.md',
    'CONTRIBUTING.md',
  ])
    cpSync(join(ROOT, name), join(copy, name))
  for (const name of ['node_modules', 'fixtures', 'share', 'scripts', 'lab'])
    symlinkSync(join(ROOT, name), join(copy, name))
  return copy
}

/** Enough of the build to start the tool; the rest does not depend on what a recipe adds. */
async function bundle(copy: string): Promise<void> {
  await build({
    absWorkingDir: copy,
    entryPoints: ['src/main.ts'],
    outfile: 'dist/main.cjs',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['koffi', 'typescript', 'ts-node', 'tsx'],
    logLevel: 'error',
  })
}

async function run(copy: string, script: string, ...argv: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await execa(process.execPath, [script, ...argv], {
    cwd: copy,
    reject: false,
    env: { NO_COLOR: '1', COLUMNS: '200' },
  })
  expect(
    exitCode === 0 || script.startsWith('bin/'),
    `${script} ${argv.join(' ')}\n${stdout}\n${stderr}`,
  ).toBe(true)
  return stdout
}
