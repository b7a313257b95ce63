import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { called } from '../fleet/programs.js'
import { IS_SAMPLE, NODE_VERSIONS, nodeProgram, npm, npmInstall, ROOT } from './packages.js'

const OTHER = join(ROOT, 'fixtures/sysfs/amd-x570-rtx3090/tree.tar.gz')

const QUESTIONS = [
  ['inspect', '--demo'],
  ['inspect', '--json'],
  ['preflight', '0a:00.0', '--demo'],
  ['diff', '--demo', '--help'],
  ['diff', '--json', OTHER, join(ROOT, 'share/demo.tar.gz')],
  ['policies', '--color', 'always'],
  ['report', '--demo', '--no-redact', '--html', '-'],
  ['frobnicate'],
]

const TESTS = [
  'test/bin.test.ts',
  ...['explain', 'hanging', 'hook', 'json-recipes', 'terminal'].map(
    (name) => `test/process/${name}.test.ts`,
  ),
]

describe('the package for npm, installed without scripts', () => {
  let prefix = ''
  beforeAll(() => {
    prefix = mkdtempSync(join(tmpdir(), 'vfio-reset-npm-'))
    npmInstall(prefix, '--ignore-scripts')
  })
  afterAll(() => rmSync(prefix, { recursive: true, force: true }))

  function ask(node: string, program: string, argv: readonly string[]) {
    const { stdout, stderr, status } = spawnSync(node, [program, ...argv], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    return { stdout, stderr, status }
  }

  for (const version of [process.versions.node, ...NODE_VERSIONS]) {
    const node = version === process.versions.node ? process.execPath : nodeProgram(version)
    describe.skipIf(node === null)(called(`Node ${version}`, node !== null, 'registry'), () => {
      it.each(QUESTIONS)('answers %s %s %s as the checkout', (...argv) => {
        const installed = ask(node ?? '', join(prefix, 'bin/vfio-reset'), argv)
        const checkout = ask(process.execPath, join(ROOT, 'bin/run.js'), argv)
        expect(installed).toEqual(checkout)
      })

      // Those that need no strace, whose counts are of one Node.
      it.skipIf(node === process.execPath)('passes the tests of the built tool', () => {
        const tests = IS_SAMPLE ? ['test/bin.test.ts'] : TESTS
        const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
        const words = [vitest, 'run', '--project', 'built tool', '--testTimeout', '300000']
        const env = { ...process.env, VFIO_RESET_NODE: node ?? '' }
        const { status, stdout } = spawnSync(process.execPath, [...words, ...tests], {
          cwd: ROOT,
          env,
          encoding: 'utf8',
        })
        expect(status, stdout).toBe(0)
      })

      it('loads the code that makes ioctls', () => {
        const load = `const koffi = require(${JSON.stringify(koffiIn(prefix))}); console.log(koffi.load(null).func('int getpid()')() === process.pid)`
        expect(ask(node ?? '', '-e', [load])).toEqual({ stdout: 'true\n', stderr: '', status: 0 })
      })
    })
  }

  it('has its manual pages where man looks', () => {
    expect(readdirSync(join(prefix, 'share/man/man8'))).toEqual(
      expect.arrayContaining(['vfio-reset.8', 'vfio-reset-inspect.8']),
    )
  })

  it('is removed without trace', () => {
    npm('uninstall', '--global', '--prefix', prefix, 'vfio-reset')
    const left = readdirSync(prefix, { recursive: true, withFileTypes: true })
    expect(left.filter((each) => !each.isDirectory()).map(({ name }) => name)).toEqual([])
  })
})

function koffiIn(prefix: string): string {
  return join(prefix, 'lib/node_modules/vfio-reset/node_modules/koffi')
}
