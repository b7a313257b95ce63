import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Parts that only some command lines need, by words of theirs in the bundle. */
const MARKS = {
  yaml: 'YAMLParseError',
  tables: 'colWidths',
  spinner: 'prefixText',
  archives: 'which a capture never has',
  policies: 'VFIO_DEVICE_PCI_HOT_RESET',
} as const

/** Tells a file, at its end, what a process has loaded: files as CommonJS, and modules of Node. */
const TELL = `data:text/javascript,${encodeURIComponent(`
import { appendFileSync } from 'node:fs'
import { createRequire } from 'node:module'
process.on('exit', () => {
  const files = Object.keys(createRequire('/').cache)
  appendFileSync(process.env.LOADED_TO, JSON.stringify({ files, builtins: process.moduleLoadList }) + '\\n')
})`)}`

const folder = mkdtempSync(join(tmpdir(), 'loaded-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** By both processes: the one that waits, and the one that does the work, whose outputs are closed by then. */
async function loadedBy(line: string): Promise<{ parts: string[]; builtins: string[] }> {
  const file = join(folder, 'loaded')
  rmSync(file, { force: true })
  await execa(process.execPath, [join(ROOT, 'bin/run.js'), ...line.split(' ')], {
    ...{ reject: false, cwd: ROOT },
    env: { NODE_OPTIONS: `--import=${TELL}`, LOADED_TO: file },
  })
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const all: readonly { files: string[]; builtins: string[] }[] = lines.map((each) =>
    JSON.parse(each),
  )
  return {
    parts: partsIn([...new Set(all.flatMap(({ files }) => files))]),
    builtins: all.flatMap(({ builtins }) => builtins),
  }
}

function partsIn(files: readonly string[]): string[] {
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n')
  return Object.entries(MARKS).flatMap(([part, mark]) => (text.includes(mark) ? [part] : []))
}

it('knows every part by a mark that is in the bundle', () => {
  const chunks = readdirSync(join(ROOT, 'dist')).filter((name) => name.endsWith('.cjs'))
  expect(partsIn(chunks.map((name) => join(ROOT, 'dist', name)))).toEqual(Object.keys(MARKS))
})

describe('what a command line does not need is not loaded', () => {
  it.each([
    ['--version', []],
    ['policies', ['tables', 'policies']],
    ['inspect --root / --json', ['tables', 'archives', 'policies']],
    ['inspect --demo', ['tables', 'archives', 'policies']],
    ['preflight --demo 65:00.0', ['archives', 'policies']],
    ['preflight --demo --vm fixtures/inputs/libvirt-gpu.xml', ['archives', 'policies']],
    [
      'preflight --demo --vm fixtures/inputs/not-followed/vmi.yaml',
      ['archives', 'policies', 'yaml'],
    ],
  ])('%s', async (line, needed) => {
    const { parts, builtins } = await loadedBy(line)
    // Every mark that is awaited was found, so that a part cannot be absent by a mistake of the command.
    expect(parts).toEqual(expect.arrayContaining([...needed]))
    expect(parts.filter((part) => !needed.includes(part))).toEqual([])
    expect(builtins).not.toContain('NativeModule crypto')
  })
})
