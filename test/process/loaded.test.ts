import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Parts that only some command lines need, by words of theirs in the bundle. */
const MARKS = {
  yaml: 'YAMLParseError',
  tables: 'colWidths',
  spinner: 'prefixText',
  archives: 'which a capture never has',
  policies: 'VFIO_DEVICE_PCI_HOT_RESET',
} as const

/** Tells, at its end, what a process has loaded: files as CommonJS, and modules of Node. */
const TELL = `data:text/javascript,${encodeURIComponent(`
import { createRequire } from 'node:module'
process.on('exit', () => {
  const files = Object.keys(createRequire('/').cache)
  process.stderr.write('\\n' + JSON.stringify({ files, builtins: process.moduleLoadList }))
})`)}`

async function loadedBy(line: string): Promise<{ parts: string[]; builtins: string[] }> {
  const { stderr } = await execa(
    process.execPath,
    ['--import', TELL, join(ROOT, 'bin/run.js'), ...line.split(' ')],
    { reject: false },
  )
  const { files, builtins } = JSON.parse(stderr.slice(stderr.lastIndexOf('\n')))
  return { parts: partsIn(files), builtins }
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
    // Its descriptions can be YAML.
    ['preflight --demo', ['archives', 'policies', 'yaml']],
  ])('%s', async (line, needed) => {
    const { parts, builtins } = await loadedBy(line)
    expect(parts.filter((part) => !needed.includes(part))).toEqual([])
    expect(builtins).not.toContain('NativeModule crypto')
  })
})
