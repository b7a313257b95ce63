import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answerHook, type HookAsked, hookError } from '../../../src/cli/answers/answer-hook.js'
import type { HookQuestion } from '../../../src/cli/answers/run-hook.js'
import { fixturePath } from '../../support/fixtures.js'

const CAPTURE = fixturePath('amd-x570-rtx3090', 'tree.tar.gz')

const FLAGS = { capture: CAPTURE, via: 'auto', config: undefined } as const

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hook-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function domain(...functions: readonly string[]): string {
  const devices = functions.map((text) => {
    const [bus = '', slot = '', func = ''] = text.split(/[:.]/)
    return `<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x${bus}' slot='0x${slot}' function='0x${func}'/></source></hostdev>`
  })
  return `<domain type='kvm'><name>win10</name><devices>${devices.join('')}</devices></domain>`
}

function ask(
  over: Partial<Omit<HookAsked, 'question'>> & { readonly question?: Partial<HookQuestion> },
) {
  const { question, ...rest } = over
  return answerHook({
    unknown: 'allow',
    onlyStart: false,
    ...rest,
    question: {
      call: { do: 'libvirt', name: 'win10' },
      flags: FLAGS,
      kernel: undefined,
      packageRoot: folder,
      stdin: () => Readable.from([domain('0a:00.0')]),
      ...question,
    },
  })
}

describe('a VM that cannot start', () => {
  it('is refused, with the function that stands in the way', async () => {
    const { exitCode, text } = await ask({})
    expect(exitCode).toBe(1)
    expect(text).toMatch(/^vfio-reset: VM win10 cannot start:\n/)
    expect(text).toContain('0000:0a:00.1 is bound to snd_hda_intel')
  })

  it('is refused on Proxmox and systemd too', async () => {
    const config = join(folder, '100.conf')
    writeFileSync(config, 'args: -device vfio-pci,host=0a:00.0\n')
    const proxmox = await ask({
      question: { call: { do: 'proxmox', vmid: '100' }, flags: { ...FLAGS, config } },
    })
    expect([proxmox.exitCode, proxmox.text]).toEqual([1, expect.stringContaining('VM 100 cannot')])
    const systemd = await ask({ question: { call: { do: 'systemd', devices: ['0a:00.0'] } } })
    expect([systemd.exitCode, systemd.text]).toEqual([1, expect.stringContaining('The VM cannot')])
  })
})

describe('what cannot be told', () => {
  /** Both functions of the card: nothing fails for certain, but the copy lacks files that decide. */
  const open = () => ({ stdin: () => Readable.from([domain('0a:00.0', '0a:00.1')]) })

  it.each([
    ['allow', 0],
    ['deny', 1],
  ] as const)('follows --unknown %s, and says so', async (unknown, exitCode) => {
    const answer = await ask({ unknown, question: open() })
    expect(answer.exitCode).toBe(exitCode)
    expect(answer.text).toContain(`--unknown ${unknown}`)
  })

  it.each([
    ['malformed XML', { stdin: () => Readable.from(['<domain']) }],
    ['50 MB of it', { stdin: () => Readable.from(Array(50).fill('a'.repeat(1_000_000))) }],
    ['a host that cannot be read', { flags: { ...FLAGS, capture: 'nowhere.tar.gz' } }],
    [
      'a guest without configuration',
      { call: { do: 'proxmox', vmid: '1' }, flags: { ...FLAGS, config: '/nowhere' } },
    ],
    ['a unit that names nothing', { call: { do: 'systemd', devices: [] } }],
    ['a device that is not there', { call: { do: 'systemd', devices: ['99:00.0'] } }],
  ] as const)('%s', async (_, question) => {
    expect((await ask({ question })).exitCode).toBe(0)
    const stdin = () => Readable.from('stdin' in question ? ['<domain'] : [])
    const denied = await ask({ unknown: 'deny', question: { ...question, stdin } })
    expect(denied.exitCode).toBe(1)
    expect(denied.text).toMatch(/^vfio-reset: .*\n(?:.*\n)*vfio-reset: Cannot tell/)
  })

  it('a crash is told with where it happened, and follows --unknown', () => {
    const crash = new RangeError('boom')
    const allowed = hookError(crash, ['libvirt', '--', 'a', 'prepare', 'begin', '-'])
    expect(allowed.exitCode).toBe(0)
    expect(allowed.text).toMatch(/^vfio-reset: Internal error: RangeError: boom\n {4}at /)
    for (const argv of [
      ['--unknown', 'deny', 'libvirt'],
      ['libvirt', '--unknown=deny'],
    ]) {
      expect(hookError(crash, argv).exitCode).toBe(1)
    }
    expect(hookError(crash, ['libvirt', '--', '--unknown=deny']).exitCode).toBe(0)
  })
})

describe('a VM without functions of the host', () => {
  it('starts, and the host is not even read', async () => {
    const flags = { ...FLAGS, capture: 'nowhere.tar.gz' }
    const question = { flags, stdin: () => Readable.from([domain()]) }
    expect(await ask({ question })).toEqual({ exitCode: 0, text: '' })
  })

  it('is told what could not be checked', async () => {
    const xml = `<domain><name>v</name><devices><hostdev mode='subsystem' type='usb'/></devices></domain>`
    const { exitCode, text } = await ask({ question: { stdin: () => Readable.from([xml]) } })
    expect(exitCode).toBe(0)
    expect(text).toContain('Not checked: a device of the host that is no PCI function')
  })
})

describe('a VM that may get functions which its description does not name', () => {
  it.each([
    ['allow', 0],
    ['deny', 1],
  ] as const)('follows --unknown %s, and names them', async (unknown, exitCode) => {
    const config = join(folder, '100.conf')
    writeFileSync(config, 'hostpci0: mapping=gpu\n')
    const answer = await ask({
      unknown,
      question: { call: { do: 'proxmox', vmid: '100' }, flags: { ...FLAGS, config } },
    })
    expect(answer.exitCode).toBe(exitCode)
    expect(answer.text).toContain('“mapping=gpu” is a resource mapping of Proxmox')
  })
})

describe('a resource mapping of Proxmox', () => {
  it('is followed, and what it stands for is judged', async () => {
    const config = join(folder, '100.conf')
    const mapping = join(folder, 'pci.cfg')
    writeFileSync(config, 'memory: 512\nhostpci0: mapping=gpu\n')
    writeFileSync(
      mapping,
      'pci: gpu\n\tmap id=10de:2204,iommugroup=25,node=pve,path=0000:0a:00.0\n',
    )
    const flags = { ...FLAGS, config, 'pve-mapping': mapping }
    const { exitCode, text } = await ask({
      question: { call: { do: 'proxmox', vmid: '100' }, flags },
    })
    expect(exitCode).toBe(1)
    expect(text).toMatch(/^vfio-reset: VM 100 cannot start:\n/)
  })
})
