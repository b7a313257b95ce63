import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixturePath } from '../support/fixtures.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = `${ROOT}bin/run.js`
const CAPTURE = fixturePath('amd-x570-rtx3090', 'tree.tar.gz')
const DOMAIN = `<domain type='kvm'><name>win10</name><devices>
  <hostdev mode='subsystem' type='pci' managed='yes'>
    <source><address domain='0x0000' bus='0x0a' slot='0x00' function='0x0'/></source>
  </hostdev></devices></domain>`

/** Starts the built tool as libvirt starts a hook: words, a domain on standard input, and little else. */
async function hook(argv: readonly string[], input = '') {
  const { stdout, stderr, exitCode } = await execa(process.execPath, [BIN, 'hook', ...argv], {
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

  /** Runs one with a tool in its path that prints and ends with a code. */
  async function script(name: string, words: readonly string[], code: number) {
    const tool = `#!/bin/sh\ncat >/dev/null\necho out\nexit ${code}\n`
    writeFileSync(join(folder, 'vfio-reset'), tool, { mode: 0o755 })
    const { stdout, exitCode } = await execa(`${ROOT}share/hooks/${name}`, words, {
      ...{ input: DOMAIN, reject: false, extendEnv: false },
      env: { PATH: `${folder}:/usr/bin:/bin` },
    })
    return [stdout, exitCode === 0 ? 'starts' : 'is refused']
  }

  const SCRIPTS = [
    ['libvirt-qemu', ['win10', 'prepare', 'begin', '-'], ['win10', 'reconnect', 'begin', '-']],
    ['proxmox-hookscript', ['100', 'pre-start'], ['100', 'post-stop']],
  ] as const

  it.each(SCRIPTS)('%s refuses by 1 alone, and prints nothing', async (name, start, other) => {
    expect(await script(name, start, 1)).toEqual(['', 'is refused'])
    for (const code of [0, 2, 3, 70, 126, 127, 137]) {
      expect([code, ...(await script(name, start, code))]).toEqual([code, '', 'starts'])
    }
    expect(await script(name, other, 1)).toEqual(['', 'starts'])
  })

  it('are shown with their places', async () => {
    const { stdout, exitCode } = await hook(['--print-install'])
    expect(exitCode).toBe(0)
    for (const name of ['libvirt-qemu', 'proxmox-hookscript', 'systemd.conf']) {
      expect(stdout).toContain(readFileSync(`${ROOT}share/hooks/${name}`, 'utf8').trim())
    }
    const one = await hook(['proxmox', '--print-install'])
    expect(one.stdout).toContain('qm set VMID --hookscript')
    expect(one.stdout).not.toContain('libvirt calls it')
  })
})
