import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PreflightReport } from '../../src/preflight/report/document.js'
import { fixturePath } from '../support/fixtures.js'
import { runMain } from '../support/run-main.js'
import { schemaErrors } from '../support/schema.js'

const INPUTS = new URL('../../fixtures/inputs/', import.meta.url).pathname
const input = (name: string) => join(INPUTS, name)

const HOSTS: readonly (readonly [
  name: string,
  flags: readonly string[],
  devices: readonly string[],
])[] = [
  ['the demo', ['--demo'], ['0a:00.0', '0a:00.1', '07:00.3', '00:00.0', '00:01.2']],
  ['a laptop', ['--root', fixturePath('ghw-i7-1270p-groups')], ['00:02.0']],
  [
    'a large board',
    ['--capture', fixturePath('hwloc-8ve-plx/tree.tar.gz').replace(/\/$/, '')],
    ['60:00.0'],
  ],
]

/** The board of the demo as it was recorded: nothing bound to VFIO, much not in the copy. */
const BOARD = ['--capture', fixturePath('amd-x570-rtx3090', 'tree.tar.gz')]

beforeEach(() => {
  vi.stubEnv('COLUMNS', '100')
  vi.stubEnv('LC_ALL', 'C.UTF-8')
  vi.stubEnv('NO_COLOR', '1')
})

describe('preflight', () => {
  it.each(HOSTS)('gives a document that fits its schema on %s', async (_, flags, devices) => {
    for (const device of devices) {
      const { stdout, exitCode } = await runMain('preflight', ...flags, device, '--json', '-n')
      const document = JSON.parse(stdout)
      expect(document).toMatchObject({ kind: 'preflight' })
      expect(schemaErrors('preflight', document)).toEqual([])
      expect(exitCode).toBe({ pass: 0, fail: 1, 'cannot-tell': 3 }[String(document.verdict)])
    }
  })

  it('answers the contract’s fields', async () => {
    const { stdout } = await runMain('preflight', ...BOARD, '0a:00.0', '--json')
    const document = JSON.parse(stdout)
    expect(document).toMatchObject({
      kind: 'preflight',
      devices: ['0000:0a:00.0'],
      via: 'group',
      verdict: 'fail',
    })
    const driver = document.checks.find((each: { id: string }) => each.id === 'driver')
    expect(driver).toMatchObject({
      id: 'driver',
      device: '0000:0a:00.0',
      outcome: 'fail',
      harmless: null,
      plan: [{ do: 'bind', device: '0000:0a:00.0', cost: 'the host loses what nvidia drives' }],
    })
    expect(driver.plan[0].command).toContain('/driver_override')
    expect(driver.plan[0].undo).toContain('drivers_probe')
  })

  it('leads with the verdict, then the failures, then what to do', async () => {
    const { stdout, exitCode } = await runMain('preflight', ...BOARD, '0a:00.0', '-n')
    const lines = stdout.split('\n')
    expect(lines[0]).toBe('This VM will not start: 2 checks fail (driver and group).')
    expect(stdout).toContain('✗ driver')
    expect(stdout.indexOf('What to do')).toBeGreaterThan(stdout.indexOf('✗ group '))
    expect(exitCode).toBe(1)
  })

  it('cannot tell where files were not captured, unless a hook chooses', async () => {
    const both = ['preflight', ...BOARD, '0a:00.0', '0a:00.1', '--managed']
    expect((await runMain(...both)).exitCode).toBe(3)
    expect((await runMain(...both, '--unknown', 'allow')).exitCode).toBe(0)
    expect((await runMain(...both, '--unknown', 'deny')).exitCode).toBe(1)
  })

  it('prints nothing with --quiet', async () => {
    const run = await runMain('preflight', '--demo', '0a:00.0', '--quiet')
    expect(run).toEqual({ stdout: '', stderr: '', exitCode: 1 })
  })

  it('has a line for each check with --all', async () => {
    const { stdout } = await runMain('preflight', '--demo', '0a:00.0', '--all', '-n')
    for (const title of ['exists', 'answers', 'iommu', 'holders', 'reset-ownership']) {
      expect(stdout).toMatch(new RegExp(`^ {2}[✓✗!?] ${title}`, 'm'))
    }
  })
})

describe('preflight --plan', () => {
  it.each([
    ['sysfs', 'echo vfio-pci > /sys/bus/pci/devices/0000:0a:00.0/driver_override'],
    ['driverctl', 'driverctl --nosave set-override 0000:0a:00.0 vfio-pci'],
    ['virsh', 'virsh nodedev-detach pci_0000_0a_00_0'],
  ])('writes a script for %s', async (style, command) => {
    const { stdout } = await runMain(
      'preflight',
      ...BOARD,
      '0a:00.0',
      '--plan',
      '--plan-style',
      style,
    )
    const lines = stdout.split('\n')
    expect(lines[0]).toBe('#!/bin/sh')
    expect(lines).toContain(command)
    expect(lines.some((line) => line.startsWith('# Undo: '))).toBe(true)
  })

  it('says why there is none', async () => {
    const { stdout } = await runMain('preflight', '--demo', '00:01.2', '--plan')
    expect(stdout).toContain('vfio-pci does not bind to bridges')
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      'set -eu',
    ])
  })
})

describe('descriptions of VMs', () => {
  it('a libvirt domain, whose plan is written for virsh', async () => {
    const { stdout } = await runMain(
      'preflight',
      '--demo',
      '--libvirt',
      input('libvirt-gpu.xml'),
      '-n',
    )
    expect(stdout).toContain('VM win10')
    expect(stdout).toContain('0000:0a:00.1')
  })

  it('a QEMU log, a script, a Proxmox configuration and a Cloud Hypervisor command line', async () => {
    const run = async (...flags: readonly string[]) => {
      const { stdout } = await runMain('preflight', '--demo', '--json', ...flags)
      const { vms } = JSON.parse(stdout)
      return vms.map((vm: PreflightReport['vms'][number]) => [vm.name, vm.via, vm.devices.length])
    }
    expect(await run('--qemu', input('qemu-libvirt.log'))).toEqual([['win10', 'group', 2]])
    expect(await run('--qemu', input('qemu-iommufd.sh'))).toEqual([['my guest', 'iommufd', 2]])
    // 0a:00 without a function is both of its functions.
    expect(await run('--proxmox', input('proxmox-100.conf'))).toEqual([['win11', 'group', 4]])
    expect(await run('--cloud-hypervisor', input('cloud-hypervisor.sh'))).toEqual([
      [null, 'group', 2],
    ])
  })

  it('two VMs that want the same card', async () => {
    const files = ['--libvirt', input('libvirt-gpu.xml'), '--qemu', input('qemu-libvirt.log')]
    const { stdout, exitCode } = await runMain('preflight', '--demo', ...files, '-n')
    expect(stdout).toContain('is given to VM win10 too')
    expect(exitCode).toBe(1)
  })

  it('a VM without host devices: nothing to check', async () => {
    const { stdout, exitCode } = await runMain(
      'preflight',
      '--demo',
      '--libvirt',
      input('testdomfv0.xml'),
    )
    expect(stdout).toMatch(/there\s+is\s+nothing\s+to\s+check/)
    expect(exitCode).toBe(0)
  })
})

describe('what is easily overlooked', () => {
  const capture = ['--capture', input('not-followed/host.tar.gz')]

  it.each([
    ['--proxmox', 'vm-args.conf', 1],
    ['--libvirt', 'domain.xml', 1],
    ['--vm', 'vm-args.conf', 1],
    ['--vm', 'domain.xml', 1],
  ] as const)('%s %s gives the disk of the host', async (flag, file, code) => {
    const { stdout, exitCode } = await runMain(
      'preflight',
      ...capture,
      flag,
      input(`not-followed/${file}`),
    )
    expect(stdout).toMatch(/carries\s+the\s+root\s+file\s+system/)
    expect(exitCode).toBe(code)
  })

  it('follows a mapping that is given beside the host', async () => {
    const mapping = ['--pve-mapping', input('not-followed/mapping-pci.cfg')]
    const file = input('not-followed/vm-mapping.conf')
    const { stdout, exitCode } = await runMain('preflight', ...capture, ...mapping, '--vm', file)
    expect(stdout).toMatch(/carries\s+the\s+root\s+file\s+system/)
    expect(exitCode).toBe(1)
  })

  it('says where a mapping is broken', async () => {
    const mapping = ['--pve-mapping', input('not-followed/vm-mapping.conf')]
    const file = input('not-followed/vm-mapping.conf')
    const { stderr, exitCode } = await runMain('preflight', ...capture, ...mapping, '--vm', file)
    expect(stderr).toContain('line 1: "bios: ovmf" stands in no mapping')
    expect(exitCode).toBe(2)
  })

  it('names what it could not follow, also in the document', async () => {
    const file = input('not-followed/vm-mapping.conf')
    const { stdout, exitCode } = await runMain('preflight', ...capture, '--vm', file, '--json')
    const document: PreflightReport = JSON.parse(stdout)
    expect(exitCode).toBe(3)
    expect(schemaErrors('preflight', document)).toEqual([])
    expect(document).toMatchObject({
      verdict: 'cannot-tell',
      inputs: [{ file, format: 'proxmox', functions: [] }],
    })
    expect(document.inputs[0]?.notFollowed).toEqual([expect.stringContaining('mapping=wd-nvme')])
  })
})

describe('a VM that opens its functions in two ways', () => {
  const preflightOf = (...argv: readonly string[]) =>
    runMain(
      'preflight',
      '--capture',
      input('two-ways/host.tar.gz'),
      '--kernel',
      '6.12.95',
      ...argv,
      '--json',
    )

  it.each([
    ['domain.xml', 'domain'],
    ['qemu.sh', 'command line'],
  ])('%s: neither function comes to it reset', async (file) => {
    const { stdout, exitCode } = await preflightOf('--vm', input(`two-ways/${file}`))
    const document: PreflightReport = JSON.parse(stdout)
    expect(schemaErrors('preflight', document)).toEqual([])
    expect(exitCode).toBe(1)
    expect(document.via).toBeNull()
    expect(document.vms[0]?.functions).toMatchObject([
      { address: '0000:03:00.0', via: 'iommufd', policy: 'iommufd' },
      { address: '0000:03:00.1', via: 'group', policy: 'group-fds' },
    ])
    for (const id of ['reset-ownership', 'reset-at-start']) {
      const own = document.checks.filter((check) => check.id === id)
      expect(own.map(({ outcome }) => outcome)).toEqual(['fail', 'fail'])
    }
  })

  it('one way for both is the way out, and passes', async () => {
    const { stdout } = await preflightOf('--vm', input('two-ways/domain.xml'))
    expect(JSON.parse(stdout).vms[0].plan).toMatchObject([{ do: 'use-way' }])
    const one = await preflightOf('--vm', input('two-ways/domain.xml'), '--via', 'iommufd')
    expect(one.exitCode).toBe(0)
  })
})

describe('bad input', () => {
  let folder: string
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'preflight-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const fails = async (...argv: readonly string[]): Promise<string> => {
    const { stdout, stderr, exitCode } = await runMain('preflight', '--demo', ...argv)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    return stderr
  }

  it('is told in one sentence', async () => {
    expect(await fails()).toContain('There is no VM to check.')
    expect(await fails('ff:00.0')).toContain('No function on this host matches "ff:00.0".')
    expect(await fails('--libvirt', file('a.xml', '<domain>'))).toMatch(
      /a\.xml, line 1: it is no well-formed XML/,
    )
    expect(await fails('--libvirt', '/no/such/file')).toContain('it does not exist')
    expect(await fails('--libvirt', folder)).toContain('it is a folder')
    expect(await fails('--qemu', file('b', new Uint8Array([0xff, 0xc3, 0])))).toContain('no UTF-8')
    expect(await fails('--libvirt', '-', '--qemu', '-')).toContain('once only')
    expect(await fails('0a:00.0', '--policy', 'all')).toContain('judged by one policy')
    expect(await fails('0a:00.0', '--policy', 'iommufd', '--via', 'group')).toContain(
      'opened through iommufd',
    )
    expect(await fails('0a:00.0', '--policy', 'iommufdd')).toContain('Did you mean "iommufd"')
  })

  it('of 50 MB is not read to its end', async () => {
    const path = file('large.xml', Buffer.alloc(50 * 1024 * 1024, ' '))
    expect(await fails('--libvirt', path)).toContain('it is larger than 4 MiB')
  })

  it('with an entity that would grow', async () => {
    const bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><domain>&b;</domain>'
    expect(await fails('--libvirt', file('bomb.xml', bomb))).toContain('DOCTYPE')
  })

  it('a function that is not there is an answer, not an error', async () => {
    const xml = `<hostdev type='pci'><source><address bus='0xfe' slot='0'/></source></hostdev>`
    const { stdout, exitCode } = await runMain(
      'preflight',
      '--demo',
      '--libvirt',
      file('c.xml', xml),
    )
    expect(stdout).toContain('0000:fe:00.0 is not on this host')
    expect(exitCode).toBe(1)
  })

  it('escapes what a description calls itself', async () => {
    const xml = `<domain><name>a&#x9b;31m</name><devices/></domain>`
    const { stdout } = await runMain('preflight', '--demo', '--libvirt', file('d.xml', xml))
    expect(stdout).toContain('a\\x9b31m')
  })
})
