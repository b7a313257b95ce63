import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { NODE } from '../support/tool-node.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = `${ROOT}bin/run.js`
const CAPTURE = fixturePath('amd-x570-rtx3090', 'tree.tar.gz')
const DOMAIN = `<domain type='kvm'><name>win10</name><devices>
  <hostdev mode='subsystem' type='pci' managed='yes'>
    <source><address domain='0x0000' bus='0x0a' slot='0x00' function='0x0'/></source>
  </hostdev></devices></domain>`

/** Starts the built tool as libvirt starts a hook: words, a domain on standard input, and little else. */
async function hook(argv: readonly string[], input = '') {
  const { stdout, stderr, exitCode } = await execa(NODE, [BIN, 'hook', ...argv], {
    ...{ input, env: {}, extendEnv: false, reject: false },
  })
  return { stdout, stderr, exitCode }
}

describe('as libvirt calls it', () => {
  const call = (...words: readonly string[]) => ['libvirt', '--capture', CAPTURE, '--', ...words]

  it('refuses a start by exit code 1, with the reason on stderr and nothing on stdout', async () => {
    const { stdout, stderr, exitCode } = await hook(call('win10', 'prepare', 'begin', '-'), DOMAIN)
    expect([stdout, exitCode]).toEqual(['', 1])
    expect(stderr).toContain('VM win10 cannot start:')
  })

  it('has nothing to say to all other operations, whatever stands on standard input', async () => {
    for (const words of [
      ['win10', 'reconnect', 'begin', '-'],
      ['win10', 'release', 'end', '-'],
      ['win10', 'prepare', 'end', '-'],
    ]) {
      expect(await hook(call(...words), '<broken')).toEqual({ stdout: '', stderr: '', exitCode: 0 })
    }
  })

  it('takes a name that looks like a flag as a name', async () => {
    const { exitCode, stdout } = await hook(call('--json', 'prepare', 'begin', '-'), DOMAIN)
    expect([stdout, exitCode]).toEqual(['', 1])
  })

  it('lets a start pass where it is called wrongly, and says so', async () => {
    const words = ['libvirt', '--no-such-flag', '--', 'win10', 'prepare', 'begin', '-']
    const { stdout, stderr, exitCode } = await hook(words, DOMAIN)
    expect([stdout, exitCode]).toEqual(['', 0])
    expect(stderr).toContain('Unknown flag "--no-such-flag"')
    expect((await hook(['libvirt', '--unknown', 'deny', ...words.slice(1)], DOMAIN)).exitCode).toBe(
      1,
    )
  })
})

it('gives a person who tries it wrongly exit code 2', async () => {
  for (const words of [[], ['libvirt'], ['xen'], ['proxmox', '100']]) {
    const { stdout, stderr, exitCode } = await hook(words)
    expect([words, stdout, exitCode]).toEqual([words, '', 2])
    expect(stderr).toMatch(/^vfio-reset: /)
  }
})

describe('the ready-made files', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hook-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  /** Runs one with a tool in its path that says something and ends with a code. */
  async function script(name: string, words: readonly string[], code: number, said = '') {
    const tool = `#!/bin/sh\ncat >/dev/null\necho out\nprintf '${said}' >&2\nexit ${code}\n`
    writeFileSync(join(folder, 'vfio-reset'), tool, { mode: 0o755 })
    return runScript(`${ROOT}share/hooks/${name}`, words)
  }

  async function runScript(file: string, words: readonly string[]) {
    const { stdout, exitCode } = await execa(file, words, {
      ...{ input: DOMAIN, reject: false, extendEnv: false },
      env: { PATH: `${folder}:/usr/bin:/bin` },
    })
    return [stdout, exitCode === 0 ? 'starts' : 'is refused']
  }

  /** The same file as somebody has it who wants no VM to start unchecked. */
  function denying(name: string): string {
    const file = join(folder, `denying-${name}`)
    const text = readFileSync(`${ROOT}share/hooks/${name}`, 'utf8')
    writeFileSync(file, text.replace(/^unknown=allow$/m, 'unknown=deny'), { mode: 0o755 })
    return file
  }

  const SCRIPTS = [
    ['libvirt-qemu', ['win10', 'prepare', 'begin', '-'], ['win10', 'reconnect', 'begin', '-']],
    ['proxmox-hookscript', ['100', 'pre-start'], ['100', 'post-stop']],
    ['systemd-condition', ['0a:00.0'], null],
  ] as const
  const REFUSAL = 'vfio-reset: Why.\\nvfio-reset: The start is refused.\\n'

  it.each(SCRIPTS)('%s refuses by 1 and the last line, and prints nothing', async (name, start) => {
    expect(await script(name, start, 1, REFUSAL)).toEqual(['', 'is refused'])
    for (const code of [0, 2, 3, 70, 126, 127, 137]) {
      expect([code, ...(await script(name, start, code, REFUSAL))]).toEqual([code, '', 'starts'])
    }
  })

  it.each(SCRIPTS)(
    '%s takes a 1 of Node itself for no refusal, or as it is told',
    async (name, start) => {
      for (const said of ['', 'node:internal/errors:496\\n', `${REFUSAL}Node.js v20.0.0\\n`]) {
        expect([said, ...(await script(name, start, 1, said))]).toEqual([said, '', 'starts'])
      }
      const file = denying(name)
      expect(await runScript(file, start)).toEqual(['', 'is refused'])
      rmSync(join(folder, 'vfio-reset'))
      expect(await runScript(file, start)).toEqual(['', 'is refused'])
      expect(await runScript(`${ROOT}share/hooks/${name}`, start)).toEqual(['', 'starts'])
    },
  )

  it.each(SCRIPTS)('%s lets pass what is no start', async (name, _, other) => {
    if (other !== null) expect(await script(name, other, 1, REFUSAL)).toEqual(['', 'starts'])
  })

  it('libvirt-qemu: with the tool itself, a VM that cannot start is refused', async () => {
    const tool = `#!/bin/sh\nexec ${NODE} ${BIN} hook libvirt --capture ${CAPTURE} -- win10 prepare begin -\n`
    writeFileSync(join(folder, 'vfio-reset'), tool, { mode: 0o755 })
    const start = ['win10', 'prepare', 'begin', '-']
    expect(await runScript(`${ROOT}share/hooks/libvirt-qemu`, start)).toEqual(['', 'is refused'])
  })

  it('are shown with their places', async () => {
    const { stdout, exitCode } = await hook(['--print-install'])
    expect(exitCode).toBe(0)
    for (const name of [
      'libvirt-qemu',
      'proxmox-hookscript',
      'systemd-condition',
      'systemd.conf',
    ]) {
      expect(stdout).toContain(readFileSync(`${ROOT}share/hooks/${name}`, 'utf8').trim())
    }
    const one = await hook(['proxmox', '--print-install'])
    expect(one.stdout).toContain('qm set VMID --hookscript')
    expect(one.stdout).not.toContain('libvirt calls it')
  })
})

describe('a broken installation', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hook-broken-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  /** A copy of the built package in which something is broken; how a hook and a command end there. */
  async function broken(name: string, breakIt: (root: string) => void) {
    const root = join(folder, name)
    for (const part of ['bin', 'dist', 'share', 'package.json', 'oclif.manifest.json']) {
      // A code cache is known by its time.
      cpSync(join(ROOT, part), join(root, part), { recursive: true, preserveTimestamps: true })
    }
    breakIt(root)
    const run = async (...argv: readonly string[]) => {
      const words = [join(root, 'bin/run.js'), ...argv]
      const options = { input: DOMAIN, env: {}, extendEnv: false, reject: false }
      const { exitCode, stderr } = await execa(NODE, words, options)
      return { exitCode, stderr }
    }
    const hookWords = ['hook', 'libvirt', '--capture', CAPTURE, '--', 'a', 'prepare', 'begin', '-']
    return { hook: await run(...hookWords), inspect: await run('inspect', '--capture', CAPTURE) }
  }

  function eachBundle(root: string, breakIt: (file: string) => void): void {
    for (const name of ['hook', 'inspect']) breakIt(join(root, `dist/${name}.cjs`))
  }

  function cachesOf(root: string): readonly string[] {
    const folder = join(root, 'dist/cache')
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    const files = names.map((name) => join(folder, name)).filter((file) => statSync(file).isFile())
    expect(files.length).toBeGreaterThan(4)
    return files
  }

  const BREAKS: readonly (readonly [string, (root: string) => void])[] = [
    ['no-dist', (root) => rmSync(join(root, 'dist'), { recursive: true })],
    ['cut-bundle', (root) => eachBundle(root, (file) => truncateSync(file, 1000))],
    ['empty-bundle', (root) => eachBundle(root, (file) => truncateSync(file, 0))],
    ['no-bundle', (root) => eachBundle(root, rmSync)],
    ['cut-supervisor', (root) => truncateSync(join(root, 'dist/supervisor.cjs'), 1000)],
    ['no-watched', (root) => rmSync(join(root, 'bin/watched.js'))],
  ]

  it.each(BREAKS)('%s never looks like a refusal', async (name, breakIt) => {
    const { hook: called, inspect } = await broken(name, breakIt)
    const last = called.stderr.split('\n').at(-1)
    expect([called.exitCode, last]).not.toEqual([1, 'vfio-reset: The start is refused.'])
    expect([70, 0]).toContain(called.exitCode)
    expect(inspect.exitCode).toBe(70)
    expect(inspect.stderr).toContain('vfio-reset: ')
  })

  it.each([
    ['another bundle', (cache: Buffer) => cache.subarray(0, 8).fill(1)],
    ['other bytes', (cache: Buffer) => cache.subarray(500, 900).fill(1)],
    ['half of it', (cache: Buffer) => cache.subarray(cache.length / 2).fill(0)],
  ])('nor does a code cache of %s, which is not used', async (name, change) => {
    const { hook: called, inspect } = await broken(`cache-${name}`, (root) => {
      for (const file of cachesOf(root)) {
        const bytes = readFileSync(file)
        change(bytes)
        writeFileSync(file, bytes)
      }
    })
    expect(called.exitCode).toBe(1)
    expect(called.stderr).toMatch(/vfio-reset: The start is refused\.$/)
    expect(inspect).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('nor does half an upgrade: a bundle that is newer than its code cache is run as it is', async () => {
    const { hook: called } = await broken('upgraded', (root) => {
      const file = join(root, 'dist/hook.cjs')
      // As long as before: V8 itself would not see it.
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('The start is refused', 'THE START IS REFUSED'),
      )
    })
    expect(called.stderr).toMatch(/vfio-reset: THE START IS REFUSED\.$/)
  })

  it('nor do too few file descriptors', async () => {
    for (const count of [4, 8, 12, 16, 18, 20, 22, 24, 26]) {
      const line = `ulimit -n ${count}; "$0" "$@"`
      const words = ['hook', 'libvirt', '--capture', CAPTURE, '--', 'a', 'prepare', 'begin', '-']
      const { exitCode, stderr } = await execa('bash', ['-c', line, NODE, BIN, ...words], {
        ...{ input: DOMAIN, reject: false },
      })
      const isWhole = stderr.endsWith('vfio-reset: The start is refused.')
      expect([count, exitCode === 1 && !isWhole && stderr.startsWith('vfio-reset')]).toEqual([
        count,
        false,
      ])
    }
  })
})
