import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canTrace, type Trace, traceNode } from '../support/strace.js'

// What `inspect` does to the machine it runs on, counted.

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SMALL = 64
const LARGE = 320

/** Most system calls that a function may cost in a `--root` tree, where every file is looked at before it is opened. */
const CALLS_A_FUNCTION = 60

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
      small = inspect(join(folder, `${SMALL}`))
      large = inspect(join(folder, `${LARGE}`))
      bare = traceNode(bareScript(folder))
    }, 120_000)

    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it('answers', () => {
      expect([small.exitCode, large.exitCode, bare.exitCode]).toEqual([0, 0, 0])
      expect(JSON.parse(small.stdout).devices).toHaveLength(SMALL)
    })

    it('opens nothing for writing that Node itself does not', () => {
      expect(opened(bare).length).toBeGreaterThan(0)
      expect(writable(small)).toEqual(writable(bare))
    })

    it('starts no program, opens no socket, loads no native code', () => {
      const programs = large.calls.filter(({ name }) => name === 'execve' || name === 'vfork')
      expect(programs.length).toBeLessThanOrEqual(1)
      expect(large.calls.filter(({ name }) => name === 'connect' || name === 'socket')).toEqual([])
      expect(opened(large).filter(({ path }) => path.endsWith('.node'))).toEqual([])
    })

    it('asks the kernel a bounded number of times for each function', () => {
      const perFunction = (large.calls.length - small.calls.length) / (LARGE - SMALL)
      expect(perFunction).toBeGreaterThan(1)
      expect(perFunction).toBeLessThan(CALLS_A_FUNCTION)
    })

    it('reads no configuration space of a VF', () => {
      const read = opened(large).filter(({ path }) => path.endsWith('/config'))
      expect(read.length).toBeGreaterThan(0)
      const isVf = ({ path }: { readonly path: string }) =>
        existsSync(path.replace(/config$/, 'physfn'))
      expect(read.filter(isVf)).toEqual([])
    })
  },
)

/** Files that were opened, with how: paths as they stand in the call. */
function opened({ calls }: Trace): readonly { readonly path: string; readonly args: string }[] {
  return calls.flatMap(({ name, args, strings: [path], result }) =>
    name === 'openat' && path !== undefined && result !== null && result >= 0
      ? [{ path, args }]
      : [],
  )
}

function writable(trace: Trace): readonly string[] {
  return opened(trace)
    .filter(({ args }) => /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(args))
    .map(({ path }) => path)
}

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
