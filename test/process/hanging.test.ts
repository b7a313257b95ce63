import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixturePath } from '../support/fixtures.js'
import { NODE } from '../support/tool-node.js'

// Files that never answer, in a file system of our own (FUSE): whatever hangs, the tool ends and says what.

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = join(ROOT, 'bin/run.js')
const HANGING = join(ROOT, 'test/support/hanging-files.py')
const GPU = 'sys/devices/pci0000:00/0000:00:03.2/0000:0a:00.0'
const AUDIO = GPU.replace(/0$/, '1')
const DOMAIN = `<domain type='kvm'><name>win10</name><devices>
  <hostdev mode='subsystem' type='pci' managed='yes'>
    <source><address domain='0x0000' bus='0x0a' slot='0x00' function='0x0'/></source>
  </hostdev></devices></domain>`

let scratch: string
let tree: string

function canHang(): boolean {
  if (process.geteuid?.() !== 0 || !existsSync('/dev/fuse')) return false
  const made = mkdtempSync(join(tmpdir(), 'vfio-reset-can-hang-'))
  for (const folder of ['t/sys', 't/proc', 't/dev', 'm'])
    mkdirSync(join(made, folder), { recursive: true })
  const { status } = spawnSync('python3', [
    HANGING,
    join(made, 't'),
    join(made, 'm'),
    'read',
    'sys',
    '/bin/true',
  ])
  rmSync(made, { recursive: true, force: true })
  return status === 0
}

/** Puts a captured host into a folder, with the files that a live one has and this capture lacks. */
function layOut(folder: string): void {
  mkdirSync(folder)
  execFileSync('tar', ['xzf', fixturePath('amd-x570-rtx3090', 'tree.tar.gz'), '-C', folder])
  const files: Readonly<Record<string, string>> = {
    [`${GPU}/uevent`]: 'DRIVER=nvidia\nPCI_CLASS=30000\nPCI_ID=10DE:2204\n',
    [`${AUDIO}/uevent`]: 'DRIVER=snd_hda_intel\nPCI_CLASS=40300\nPCI_ID=10DE:1AEF\n',
    [`${GPU}/reset_method`]: 'flr bus\n',
    'proc/self/mountinfo': '20 1 8:1 / / rw - ext4 /dev/sda1 rw\n',
    'proc/version': 'Linux version 6.1.0\n',
    'vm.args': 'qemu-system-x86_64 -device vfio-pci,host=0a:00.0\n',
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  mkdirSync(join(folder, 'dev'))
  execFileSync('mknod', ['-m', '666', join(folder, 'dev/null'), 'c', '1', '3'])
  execFileSync('mknod', ['-m', '666', join(folder, 'dev/urandom'), 'c', '1', '9'])
}

async function whileHanging(mode: string, paths: string, ...argv: readonly string[]) {
  const mount = mkdtempSync(join(scratch, 'mount-'))
  const words = [HANGING, tree, mount, mode, paths, NODE, BIN, ...argv]
  const { stdout, stderr, exitCode } = await execa('python3', words, {
    input: DOMAIN,
    reject: false,
  })
  return { stdout, stderr, exitCode }
}

describe.skipIf(!canHang())('a file that never answers (needs root and FUSE)', () => {
  beforeAll(() => {
    scratch = realpathSync(mkdtempSync(join(tmpdir(), 'vfio-reset-hanging-')))
    tree = join(scratch, 'tree')
    layOut(tree)
  }, 120_000)
  afterAll(() => rmSync(scratch, { recursive: true, force: true }), 120_000)

  it.each([
    ['read', `${GPU}/uevent`],
    ['open', `${GPU}/config`],
    ['read', `${GPU}/reset_method`],
    ['open', 'proc/self/mountinfo'],
    ['readdir', 'sys/kernel/iommu_groups/25/devices'],
    ['read', `${GPU}/uevent,${AUDIO}/uevent,${GPU}/config`],
  ])('is a gap with its path, and all else is answered: %s of %s', async (mode, paths) => {
    const { stdout, exitCode } = await whileHanging(mode, paths, 'inspect', '--json', '-n')
    expect(exitCode).toBe(0)
    const { gaps, devices } = JSON.parse(stdout)
    expect(devices.length).toBeGreaterThan(40)
    const late = gaps.filter(({ why }: { readonly why: string }) => why === 'timeout')
    const said = late.map(({ path }: { readonly path: string }) => path)
    expect(said).toEqual(expect.arrayContaining(paths.split(',')))
  })

  it.each([
    ['read', `${GPU}/uevent`],
    ['open', `${AUDIO}/config`],
    ['readdir', GPU],
    ['getattr', 'proc/self/mountinfo'],
  ])('does not keep a hook from deciding: %s of %s', async (mode, paths) => {
    const words = ['hook', 'libvirt', '--', 'win10', 'prepare', 'begin', '-']
    const { stderr, exitCode } = await whileHanging(mode, paths, ...words)
    expect([0, 1]).toContain(exitCode)
    const last = stderr.split('\n').at(-1)
    expect(last === 'vfio-reset: The start is refused.').toBe(exitCode === 1)
  })

  it('and a description of a VM that hangs is told', async () => {
    const file = join(tree, 'vm.args')
    const words = ['hook', 'systemd', '--unknown', 'deny', '--qemu', file]
    const { stderr, exitCode } = await whileHanging('read', 'vm.args', ...words)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('it gives no answer')
    expect(stderr).toMatch(/vfio-reset: The start is refused\.$/)
  })
})
