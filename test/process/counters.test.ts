import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { walkConfig } from '../../src/host/config/config-walk.js'
import { canTrace, type Trace, traceNode } from '../support/strace.js'

// What `inspect` does to the machine it runs on, counted.

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SMALL = 64
const LARGE = 320

/** Most system calls that a function may cost in a `--root` tree on a mount that has device nodes: what was not listed is looked at first. */
const CALLS_A_FUNCTION = 44

/** Most bytes of configuration space that a function may cost: each dword is an access to the bus. */
const ENDPOINT_BYTES = 128
const PORT_BYTES = 256

/** Of no path. */
const NOTHING = /(?!)/

/** Calls to other machines, and to programs that listen. Node gives a process pairs of sockets, which go nowhere. */
const NETWORK_CALLS: ReadonlySet<string> = new Set([
  'connect',
  'bind',
  'listen',
  'accept',
  'accept4',
])

/** Calls that change a file system without an open file. */
const WRITING_CALLS: ReadonlySet<string> = new Set([
  'chmod',
  'fchmodat',
  'link',
  'linkat',
  'mkdir',
  'mkdirat',
  'rename',
  'renameat',
  'renameat2',
  'rmdir',
  'symlink',
  'symlinkat',
  'truncate',
  'unlink',
  'unlinkat',
])

describe.skipIf(!canTrace())(
  'inspect --json under strace (needs the Debian package strace)',
  () => {
    let folder = ''
    let small: Trace
    let large: Trace
    let bare: Trace
    let asleep = ''

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'vfio-reset-counters-'))
      for (const size of [SMALL, LARGE]) makeHost(join(folder, `${size}`), size)
      asleep = putToSleep(join(folder, `${LARGE}`))
      small = inspect(join(folder, `${SMALL}`))
      large = inspect(join(folder, `${LARGE}`))
      bare = traceNode(bareScript(folder))
    }, 120_000)

    afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000)

    it('answers', () => {
      expect([small.exitCode, large.exitCode, bare.exitCode]).toEqual([0, 0, 0])
      expect(JSON.parse(small.stdout).devices).toHaveLength(SMALL)
    })

    it('opens nothing for writing that Node itself does not', () => {
      expect(opened(bare).length).toBeGreaterThan(0)
      expect(writable(small)).toEqual(writable(bare))
    })

    it('starts no program but itself, opens no socket, loads no native code', () => {
      const programs = large.calls.filter(({ name }) => name === 'execve')
      expect(new Set(programs.map(({ strings: [path] }) => path))).toEqual(
        new Set([process.execPath]),
      )
      expect(large.calls.filter(({ name }) => name === 'connect' || name === 'socket')).toEqual([])
      expect(opened(large).filter(({ path }) => path.endsWith('.node'))).toEqual([])
    })

    it('asks the kernel a bounded number of times for each function', () => {
      const perFunction = (large.answering.length - small.answering.length) / (LARGE - SMALL)
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

    it('reads a copy of a configuration space at once', () => {
      const reads = configReads(large)
      expect(reads.size).toBeGreaterThan(0)
      expect([...new Set(reads.values())]).toEqual([1])
    })

    it("would read little of the kernel's own, and of ports more than of endpoints", () => {
      const devices = join(folder, `${LARGE}`, 'sys/bus/pci/devices')
      const walked = readdirSync(devices).map((address) => {
        const isPort = existsSync(join(devices, address, 'pci_bus'))
        return { isPort, bytes: walkedBytes(readFileSync(join(devices, address, 'config'))) }
      })
      const of = (wanted: boolean) =>
        walked.filter(({ isPort }) => isPort === wanted).map(({ bytes }) => bytes)
      expect(Math.min(...of(false), ...of(true))).toBeGreaterThanOrEqual(64 / 4)
      expect(Math.max(...of(false))).toBeLessThanOrEqual(ENDPOINT_BYTES)
      expect(Math.max(...of(true))).toBeLessThanOrEqual(PORT_BYTES)
    })

    it('leaves the configuration space of a sleeping function alone', () => {
      const paths = opened(large).map(({ path }) => path)
      expect(paths).toContain(join(asleep, 'power_state'))
      expect(paths).not.toContain(join(asleep, 'config'))
    })
  },
)

describe.skipIf(!canTrace())('every command under strace, without --execute and --verify', () => {
  let folder = ''
  let host = ''
  let address = ''
  let bare: readonly string[] = []

  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'vfio-reset-commands-')))
    host = join(folder, 'host')
    makeHost(host, SMALL)
    address = readdirSync(join(host, 'sys/bus/pci/devices')).sort().at(-1) ?? ''
    writeFileSync(
      join(folder, 'scenario.yaml'),
      `steps:\n  - {actor: a, do: open-container, as: c}\n`,
    )
    writeFileSync(join(folder, 'vm.args'), `qemu-system-x86_64 -device vfio-pci,host=${address}\n`)
    writeFileSync(join(folder, 'vm.conf'), `hostpci0: ${address}\n`)
    bare = writable(traceNode(bareScript(folder)))
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000)

  /** Command lines, with the files that they are asked to write. */
  const LINES: readonly (readonly [
    command: string,
    words: () => readonly string[],
    writes: RegExp,
  ])[] = [
    ['inspect', () => [address, '--root', host], NOTHING],
    ['preflight', () => [address, '--root', host], NOTHING],
    ['preflight', () => ['--qemu', join(folder, 'vm.args'), '--root', host], NOTHING],
    ['hook', () => ['systemd', '--root', host, '--', address], NOTHING],
    ['simulate', () => [join(folder, 'scenario.yaml'), '--root', host], NOTHING],
    ['diff', () => [host, host], NOTHING],
    ['explain', () => ['vfio-pci 0000:01:00.0: reset done'], NOTHING],
    ['policies', () => [], NOTHING],
    ['completion', () => ['bash'], NOTHING],
    ['export', () => ['--format', 'prometheus', host], NOTHING],
    [
      'export',
      () => ['--format', 'csv', '--output', join(folder, 'x'), host],
      /vfio-reset-commands-/,
    ],
    ['wait', () => [address, '--for', 'gone', '--timeout', '1s', '--root', host], NOTHING],
    ['report', () => [address, '--root', host], NOTHING],
    ['report', () => ['--html', join(folder, 'page.html'), '--root', host], /vfio-reset-commands-/],
    ['capture', () => ['-o', join(folder, 'c.tgz'), '--root', host], /vfio-reset-commands-/],
    ['capture', () => ['--redact', '-o', '-', '--root', host], NOTHING],
    ['reset', () => [address], NOTHING],
    // Of this machine, whatever it has.
    ['inspect', () => [], NOTHING],
    ['inspect', () => ['--tree', '--wake', '--json'], NOTHING],
    ['preflight', () => ['--plan', '--json', address, '--root', host], NOTHING],
    [
      'hook',
      () => ['proxmox', '--config', join(folder, 'vm.conf'), '--', '100', 'pre-start'],
      NOTHING,
    ],
    ['hook', () => ['libvirt', '--', 'vm', 'release', 'end', '-'], NOTHING],
    ['explain', () => ['--demo', join(folder, 'vm.args')], NOTHING],
    [
      'simulate',
      () => ['--policy', 'all', '--json', '--demo', join(folder, 'scenario.yaml')],
      NOTHING,
    ],
    ['completion', () => ['zsh', '--json'], NOTHING],
    ['policies', () => ['--json'], NOTHING],
    ['doctor', () => [], NOTHING],
    ['demo', () => ['bound'], NOTHING],
    ['welcome', () => [], NOTHING],
    ['report', () => ['--svg', join(folder, 'p.svg'), '--demo'], /vfio-reset-commands-/],
    ['report', () => ['--dot', '-', '--mermaid', '-', '--demo'], NOTHING],
    ['capture', () => ['-o', '-'], NOTHING],
  ]

  it('is all of them', async () => {
    const { COMMANDS } = await import('../../src/commands/index.js')
    // One needs a kernel that can be asked, the other a host that changes.
    const named = new Set([...LINES.map(([command]) => command), 'verify', 'watch'])
    expect([...named].sort()).toEqual(Object.keys(COMMANDS).sort())
  })

  it.each(LINES.map(([command, words, writes]) => ({ command, words, writes })))(
    '$command writes nothing but what it is asked to, and starts nothing but itself',
    ({ command, words, writes }) => {
      const trace = traceNode(join(ROOT, 'bin/run.js'), command, ...words())
      expect([70, null], trace.stderr).not.toContain(trace.exitCode)
      const isOurs = (path: string) => !bare.includes(path) && !writes.test(path)
      expect(writable(trace).filter(isOurs)).toEqual([])
      const programs = trace.calls.filter(({ name }) => name === 'execve')
      expect(programs.filter(({ strings: [path] }) => path !== process.execPath)).toEqual([])
      expect(
        trace.calls
          .filter(({ name }) => WRITING_CALLS.has(name))
          .filter(({ args }) => !writes.test(args)),
      ).toEqual([])
      expect(trace.calls.filter(({ name }) => NETWORK_CALLS.has(name))).toEqual([])
      const devices = opened(trace).filter(({ path }) => /^\/dev\/(?:vfio|iommu)/.test(path))
      expect(devices).toEqual([])
    },
    120_000,
  )
})

/** Files that were opened, with how: paths as they stand in the call. */
function opened({ calls }: Trace): readonly { readonly path: string; readonly args: string }[] {
  return calls.flatMap(({ name, args, strings: [path], result }) =>
    name === 'openat' && path !== undefined && result !== null && result >= 0
      ? [{ path, args }]
      : [],
  )
}

/** Reads of each `config` file, by path. Only one thread reads them, one after the other. */
function configReads({ answering }: Trace): ReadonlyMap<string, number> {
  const reads = new Map<string, number>()
  const open = new Map<string, string>()
  for (const { name, args, strings, result } of answering) {
    const [path] = strings
    if (name === 'openat' && path !== undefined && result !== null) open.set(`${result}`, path)
    if (name !== 'pread64' || result === null || result < 0) continue
    const file = open.get(args.split(',', 1).join())
    if (file?.endsWith('/config')) reads.set(file, (reads.get(file) ?? 0) + 1)
  }
  return reads
}

/** Bytes that are asked for of a configuration space which is the kernel's own. */
function walkedBytes(space: Buffer): number {
  let bytes = 0
  const read = (offset: number, length: number) => {
    bytes += length
    return space.subarray(offset, offset + length)
  }
  walkConfig(read, { size: space.length, sizeIsKernels: true })
  return bytes
}

/** Puts the first SSD of a host into D3cold; its folder. */
function putToSleep(host: string): string {
  const list = join(host, 'sys/bus/pci/drivers/nvme')
  const [address = ''] = readdirSync(list).sort()
  const folder = realpathSync(join(list, address))
  // The file is one with those of other functions.
  rmSync(join(folder, 'power_state'))
  writeFileSync(join(folder, 'power_state'), 'D3cold\n')
  return folder
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
