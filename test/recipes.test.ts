import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** A command line of the tool, and what it must show afterwards. */
type Showing = readonly [commandLine: string, shows: string]

const WITH_SLOTS = 'fixtures/sysfs/lab-slots-c7.3/sysfs-boot.tar.gz'

/**
 * Recipes of CONTRIBUTING.md, by their headings. The blocks of each are followed to the letter in a copy of the sources: a
 * file is written as it stands there, the lines that a diff adds go below the lines that it shows, commands are run.
 */
const RECIPES: readonly (readonly [heading: string, showings: readonly Showing[]])[] = [
  [
    'Add a message that `explain` knows',
    [
      [
        'explain vfio-pci 0000:75:10.1: VF token is stale, ask for another',
        'the function opens only with its VF token',
      ],
    ],
  ],
  ['Add a warning', [['inspect 0a:00.0 --demo', '0000:0a:00.0 is a sample (revision a1).']]],
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
  ['Add a check to `preflight`', [['preflight 0a:00.0 --demo --all', 'early-silicon']]],
  ['Add a JSON field, or a kind of fact', [['inspect 0a:00.0 --demo --json', '"onRootBus":false']]],
  [
    'Add a command',
    [
      [`slots --capture ${WITH_SLOTS}`, 'Slots: '],
      [`slots --capture ${WITH_SLOTS} --json`, '"kind": "slots"'],
      ['--help', 'list the hotplug slots of a host'],
    ],
  ],
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
    await run(copy, 'biome', ['check', '--vcs-enabled=false', ...files])
    await run(copy, 'tsc', [])
  })

  test('its commands succeed', async () => {
    const commands = blocks.flatMap(({ kind, lines }) => (kind === 'sh' ? lines : []))
    for (const command of commands) {
      const [program = '', ...words] = command.split(' ')
      expect(['npm', 'npx']).toContain(program)
      // A machine that is busy with other work takes its time.
      if (words[0] === 'vitest') words.splice(2, 0, '--testTimeout=120000')
      await run(copy, program, words)
    }
  })

  test('what it adds shows', async () => {
    for (const [commandLine, shows] of showings) {
      const { stdout } = await run(copy, './bin/run.js', commandLine.split(' '), {
        mayRefuse: true,
      })
      expect(stdout, commandLine).toContain(shows)
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

/** The repository, but for what is made or only read, which is linked. */
function copyOfSources(): string {
  const copy = mkdtempSync(join(tmpdir(), 'vfio-reset-recipe-'))
  const left = new Set([...MADE, ...LINKED])
  cpSync(ROOT, copy, { recursive: true, filter: (path) => !left.has(relative(ROOT, path)) })
  for (const name of LINKED) symlinkSync(join(ROOT, name), join(copy, name))
  return copy
}

const MADE = ['.git', 'dist', 'coverage', 'oclif.manifest.json']

/** Of the fixtures only messages are added by a recipe. */
const LINKED = [
  'node_modules',
  ...readdirSync(join(ROOT, 'fixtures'))
    .filter((name) => name !== 'messages')
    .map((name) => `fixtures/${name}`),
]

async function run(
  copy: string,
  program: string,
  argv: readonly string[],
  { mayRefuse } = { mayRefuse: false },
) {
  const env = { NO_COLOR: '1', COLUMNS: '200' }
  const ran = await execa(program, argv, { cwd: copy, reject: false, env, preferLocal: true })
  const { exitCode, stdout, stderr } = ran
  if (!mayRefuse) expect(exitCode, `${program} ${argv.join(' ')}\n${stdout}\n${stderr}`).toBe(0)
  return ran
}
