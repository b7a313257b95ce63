import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { installTool } from '../support/installed-tool.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAMS = ['/usr/sbin/libvirtd', '/usr/bin/virsh', '/usr/bin/qemu-system-x86_64']
const LIMIT_MS = 300_000

/** The programs are there, and we may have mounts of our own. */
function canStartDomains(): boolean {
  return PROGRAMS.every(existsSync) && spawnSync('unshare', ['--mount', 'true']).status === 0
}

/**
 * Debian's own libvirt under a private socket, with its own mounts, starts domains by QEMU (TCG); the shipped hook stands where
 * docs/hooks.md puts it. The lab does the same with a function behind an IOMMU (docs/lab.md).
 */
describe.skipIf(!canStartDomains())(
  'libvirt starts a domain with the shipped hook (needs root, and the Debian packages libvirt-daemon, libvirt-clients, qemu-system-x86)',
  () => {
    let folder: string
    let daemon: ChildProcess

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'lv-'))
      useHost()
      const words = ['--mount', 'bash', 'lab/guest/libvirtd.sh', folder, 'share/hooks/libvirt-qemu']
      daemon = spawn('unshare', words, { cwd: ROOT, stdio: 'ignore' })
      for (const started = Date.now(); Date.now() - started < LIMIT_MS; await sleep(200)) {
        if ((await virsh('version')).exitCode === 0) return
      }
      throw new Error(`libvirtd gave no answer; ${log()}`)
    }, LIMIT_MS)

    afterAll(async () => {
      await virsh('destroy', 'plain')
      daemon.kill()
      await new Promise((ended) => daemon.once('exit', ended))
      rmSync(folder, { recursive: true })
    }, LIMIT_MS)

    /** What `vfio-reset` is for the hook: it reads this machine or, so that the answer is known, a capture. */
    const useHost = (...source: readonly string[]) =>
      installTool(join(folder, 'bin/vfio-reset'), ...source)

    async function virsh(...words: readonly string[]) {
      const uri = `qemu+unix:///system?socket=${folder}/run/libvirt-sock`
      const { exitCode, stdout, stderr } = await execa('virsh', ['-c', uri, ...words], {
        ...{ reject: false, env: { LC_ALL: 'C' } },
      })
      return { exitCode, stdout, stderr }
    }

    /** Has libvirt start a domain with these functions (`0a:00.0`), which it does not bind itself. */
    function create(name: string, ...functions: readonly string[]) {
      const hostdevs = functions.map((one) => {
        const [bus, slot, number] = one.split(/[:.]/)
        const address = `domain='0' bus='0x${bus}' slot='0x${slot}' function='0x${number}'`
        return `<hostdev mode='subsystem' type='pci' managed='no'><source><address ${address}/></source></hostdev>`
      })
      const file = join(folder, `${name}.xml`)
      writeFileSync(
        file,
        `<domain type='qemu'><name>${name}</name><memory unit='MiB'>32</memory>
        <os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>
        <devices><memballoon model='none'/>${hostdevs.join('')}</devices></domain>`,
      )
      return virsh('create', file)
    }

    const calls = () => readFileSync(join(folder, 'bin/calls'), 'utf8')
    const log = () => readFileSync(join(folder, 'libvirtd.log'), 'utf8').slice(-2000)

    it('is refused with our sentence in its error, of this machine', async () => {
      const { exitCode, stderr } = await create('absent', '7f:1f.7')
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringContaining(`vfio-reset: VM absent cannot start:
vfio-reset: 0000:7f:1f.7 is not on this host.
vfio-reset: \`vfio-reset preflight\` says what helps.
vfio-reset: The start is refused.`),
      ])
      expect(stderr).toContain('Hook script execution failed')
      expect(calls()).toContain('hook libvirt --unknown allow -- absent prepare begin -')
    })

    it('is refused with the reason of a host whose function is bound to its own driver', async () => {
      useHost('--capture', fixturePath('amd-x570-rtx3090', 'tree.tar.gz'))
      const { exitCode, stderr } = await create('gpu', '0a:00.0')
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(
        /^vfio-reset: 0000:0a:00\.0 is bound to \w+, and must be bound to vfio-pci\.$/m,
      )
      expect((await virsh('domstate', 'gpu')).exitCode).toBe(1)
    })

    it('starts where nothing stands in the way', async () => {
      useHost()
      const { exitCode, stdout, stderr } = await create('plain')
      expect([exitCode, stdout.trim(), stderr]).toEqual([
        0,
        `Domain 'plain' created from ${folder}/plain.xml`,
        '',
      ])
      expect(calls()).toContain('-- plain prepare begin -')
      expect((await virsh('domstate', 'plain')).stdout.trim()).toBe('running')
    })
  },
  LIMIT_MS,
)
