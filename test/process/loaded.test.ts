import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Parts that only some command lines need, by a module of each. */
const PARTS = {
  yaml: 'node_modules/yaml/dist/index.js',
  tables: 'node_modules/cli-table3/src/table.js',
  spinner: 'node_modules/ora/index.js',
  archives: 'src/host/archive/tar.ts',
  help: 'node_modules/@oclif/core/lib/help/index.js',
} as const

/** Tells, at its end, what a process has loaded of Node. */
const TELL = `data:text/javascript,${encodeURIComponent(`
process.on('exit', () => process.stderr.write('\\n' + JSON.stringify(process.moduleLoadList)))`)}`

let scratch = ''
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'vfio-reset-loaded-'))
})
afterAll(() => rmSync(scratch, { recursive: true }))

async function loadedBy(
  line: string,
  columns: string,
): Promise<{ parts: string[]; builtins: string[] }> {
  const folder = mkdtempSync(join(scratch, 'coverage-'))
  const { stderr } = await execa(
    process.execPath,
    ['--import', TELL, join(ROOT, 'bin/run.js'), ...line.split(' ')],
    { reject: false, env: { NODE_V8_COVERAGE: folder, COLUMNS: columns } },
  )
  const builtins = JSON.parse(stderr.slice(stderr.lastIndexOf('\n')))
  const modules = readdirSync(folder).flatMap((name) => modulesRun(join(folder, name)))
  const parts = Object.entries(PARTS).flatMap(([part, file]) =>
    modules.includes(file) ? [part] : [],
  )
  return { parts, builtins }
}

/** A module of the bundle is a function of its name, as V8 counts it: those that were called. */
function modulesRun(file: string): readonly string[] {
  const { result }: { result: readonly Script[] } = JSON.parse(readFileSync(file, 'utf8'))
  return result
    .filter(({ url }) => /\/dist\/(?:main|inspect|preflight|hook)\.cjs$/.test(url))
    .flatMap(({ functions }) => functions)
    .filter(({ ranges }) => ranges.some(({ count }) => count > 0))
    .map(({ functionName }) => functionName)
}

interface Script {
  readonly url: string
  readonly functions: readonly {
    readonly functionName: string
    readonly ranges: readonly { readonly count: number }[]
  }[]
}

it('knows every part by a module that is in the bundle', () => {
  const bundle = readFileSync(join(ROOT, 'dist/main.cjs'), 'utf8')
  expect(Object.values(PARTS).filter((file) => !bundle.includes(`"${file}"(`))).toEqual([])
})

describe('what a command line does not need is not loaded', () => {
  it.each([
    ['--version', []],
    ['policies', []],
    ['inspect --root / --json', ['archives']],
    ['inspect --demo', ['archives']],
    ['inspect --demo', ['tables', 'archives'], '60'],
    ['preflight --demo 65:00.0', ['archives']],
    ['preflight --demo --vm fixtures/inputs/libvirt-gpu.xml', ['archives']],
    ['preflight --demo --vm fixtures/inputs/not-followed/vmi.yaml', ['archives', 'yaml']],
  ])('%s', async (line, needed, columns = '') => {
    const { parts, builtins } = await loadedBy(line, columns)
    // Every mark that is awaited was found, so that a part cannot be absent by a mistake of the command.
    expect(parts).toEqual(expect.arrayContaining([...needed]))
    expect(parts.filter((part) => !needed.includes(part))).toEqual([])
    // Those that `scripts/late-builtins.mjs` makes wait; archives need zlib.
    for (const name of ['crypto', 'tty', 'v8'])
      expect(builtins).not.toContain(`NativeModule ${name}`)
    const isUnpacked = needed.includes('archives')
    if (!isUnpacked) expect(builtins).not.toContain('NativeModule zlib')
  })
})
