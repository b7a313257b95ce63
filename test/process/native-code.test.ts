import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canTrace, type Trace, traceNode } from '../support/strace.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = join(ROOT, 'bin/run.js')

/** Files of the library of foreign calls, and any native code, that a run opened. */
function nativeCode({ calls }: Trace): readonly string[] {
  const opened = calls.filter(({ name, result }) => name.startsWith('open') && result !== null)
  const paths = opened.flatMap(({ strings }) => strings)
  return paths.filter((path) => /\/koffi\b|\.node$/.test(path))
}

describe.skipIf(!canTrace())('native code (needs the Debian package strace)', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vfio-reset-native-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('would be seen', () => {
    const script = join(folder, 'control.mjs')
    const koffi = fileURLToPath(import.meta.resolve('koffi'))
    writeFileSync(script, `import ${JSON.stringify(koffi)}\n`)
    expect(nativeCode(traceNode(script))).not.toEqual([])
  })

  it.each([[['inspect', '--demo', '--json']], [['inspect', '01:00.0', '--demo']], [['policies']]])(
    'is not loaded by %j',
    (argv) => {
      const trace = traceNode(BIN, ...argv)
      expect(trace.exitCode).toBe(0)
      expect(nativeCode(trace)).toEqual([])
    },
  )
})
