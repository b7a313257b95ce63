import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { recordHost } from '../../../src/capture/record/record-host.js'
import { redactCommandLine } from '../../../src/capture/redact/redact-command-line.js'
import { redactConfig } from '../../../src/capture/redact/redact-config.js'
import { redactOutput } from '../../../src/capture/redact/redact-output.js'
import { redactRecording } from '../../../src/capture/redact/redact-recording.js'
import {
  createRedactor,
  type Pseudonyms,
  type Redaction,
} from '../../../src/capture/redact/redaction.js'
import type { Recording } from '../../../src/host/archive/recording-tree.js'
import { createMemoryTree } from '../../../src/host/tree/memory-tree.js'
import { parseLibvirtNetwork } from '../../../src/preflight/inputs/libvirt-network.js'
import { LABS, openFixture, openLabState, REAL_HOSTS } from '../../support/fixtures.js'
import type { HostFiles } from '../../support/host-files.js'
import { documentOf, entriesOf, unpacked } from '../captures.js'
import { LISTED } from './marks.js'

const pseudonyms: Pseudonyms = (what, value) =>
  createHash('sha256').update(`${what}\0${value}`).digest('hex')

async function recordingOf(files: HostFiles): Promise<Recording> {
  const tree = createMemoryTree(Object.entries({ 'sys/bus/pci/devices': null, ...files }), {
    kind: 'live',
    path: null,
  })
  return (await recordHost(tree, { wake: false })).recording
}

async function document(recording: Recording): Promise<string> {
  return documentOf(await unpacked(entriesOf(recording)))
}

/** The text with every value that was found replaced, longest first. */
function replaced(text: string, redactions: readonly Redaction[]): string {
  return [...redactions]
    .sort((a, b) => b.before.length - a.before.length)
    .reduce(
      (all, { before, after }) => all.replaceAll(JSON.stringify(before), JSON.stringify(after)),
      text,
    )
}

describe('nothing but the redacted values changes', () => {
  test.each(REAL_HOSTS)('%s', async (name) => {
    const { recording } = await recordHost(await openFixture(name), { wake: false })
    const { recording: redacted, redactions } = redactRecording(recording, pseudonyms)
    expect(await document(redacted)).toBe(replaced(await document(recording), redactions))
  })

  test.each(LABS)('%s', async (lab) => {
    const { recording } = await recordHost(openLabState(lab, 's0'), { wake: false })
    const { recording: redacted, redactions } = redactRecording(recording, pseudonyms)
    expect(await document(redacted)).toBe(replaced(await document(recording), redactions))
    expect(redactions).not.toEqual([])
  })

  test('redacting twice changes nothing', async () => {
    const { recording } = await recordHost(openLabState('lab-slots-c7.3', 's0'), { wake: false })
    const once = redactRecording(recording, pseudonyms)
    const twice = redactRecording(once.recording, pseudonyms)
    expect(twice.redactions).toEqual([])
    expect(entriesOf(twice.recording)).toEqual(entriesOf(once.recording))
  })
})

describe('resource mappings of Proxmox', () => {
  const files = {
    'etc/pve/mapping/pci.cfg':
      'pci: customer-gpu\n\tdescription for Smith\n\tmap description=x,id=10de:1eb8,node=walrus,path=0000:01:00.0\n\tmap id=10de:1eb8,node=pve,path=0000:02:00.0\n',
    'proc/sys/kernel/hostname': 'walrus\n',
  }

  test('keep their functions, and lose every name that people gave', async () => {
    const { recording } = redactRecording(await recordingOf(files), pseudonyms)
    const text = String(recording.entries.get('etc/pve/mapping/pci.cfg'))
    const node = String(recording.entries.get('proc/sys/kernel/hostname')).trim()
    expect(text).not.toMatch(/customer|Smith|walrus|=pve|description/)
    expect(text).toMatch(/^pci: redacted-name-/)
    expect(text).toContain(`id=10de:1eb8,node=${node},path=0000:01:00.0`)
    const twice = redactRecording(recording, pseudonyms)
    expect(twice.recording.entries.get('etc/pve/mapping/pci.cfg')).toBe(text)
  })

  test('bring the name of the host into the capture, and nothing else does', async () => {
    const { 'proc/sys/kernel/hostname': hostname } = files
    const without = await recordingOf({ 'proc/sys/kernel/hostname': hostname })
    expect(without.entries.has('proc/sys/kernel/hostname')).toBe(false)
  })
})

describe('networks of libvirt', () => {
  const xml = `<!-- written by Smith -->
<network connections='2'>
  <name>customer-lan</name>
  <uuid>8b2c1f9e-1111-4222-8333-444455556666</uuid>
  <forward mode='hostdev' managed='yes'>
    <driver name='vfio'/>
    <pf dev='enx001122aabbcc'/>
    <address type='pci' domain='0x0000' bus='0x03' slot='0x02' function='0x1'/>
  </forward>
  <domain name='smith.example'/>
  <portgroup name='engineering'><vlan><tag id='42'/></vlan></portgroup>
</network>
`
  const files = { 'etc/libvirt/qemu/networks/customer-lan.xml': xml }

  test('say which functions they hand out, and lose every name', async () => {
    const { recording } = redactRecording(await recordingOf(files), pseudonyms)
    const [path = '', text] = [...recording.entries].find(([name]) => name.endsWith('.xml')) ?? []
    expect(path).toMatch(/^etc\/libvirt\/qemu\/networks\/redacted-name-\w+\.xml$/)
    expect(String(text)).not.toMatch(/Smith|smith|customer|engineering|001122aabbcc|8b2c1f9e/)
    expect(parseLibvirtNetwork(String(text))).toEqual({
      kind: 'pool',
      parent: expect.stringMatching(/^enx/),
      places: [{ domain: 0, bus: 3, device: 2, func: 1 }],
    })
    const twice = redactRecording(recording, pseudonyms)
    expect(twice.recording.entries.get(path)).toBe(text)
  })
})

describe('what is replaced', () => {
  test('the same value by the same pseudonym, in names and contents', async () => {
    const { recording } = redactRecording(
      await recordingOf({
        'sys/class/net/enx001122aabbcc': { link: '../../devices/virtual/net/enx001122aabbcc' },
        'sys/devices/virtual/net/enx001122aabbcc/address': '00:11:22:aa:bb:cc\n',
        'proc/net/route': 'Iface\nenx001122aabbcc\t00000000\t010200C0\t0003\n',
        'proc/self/mountinfo': '1 0 0:9 / / rw - btrfs /dev/mapper/walrus--vg-root rw\n',
        'dev/mapper/walrus--vg-root': { link: '../dm-0' },
        'sys/class/block/dm-0': { link: '../../devices/virtual/block/dm-0' },
      }),
      pseudonyms,
    )
    const all = JSON.stringify(entriesOf(recording))
    expect(all).not.toMatch(/001122aabbcc|walrus/)
    const [link] = [...recording.entries.keys()].filter((path) =>
      path.startsWith('sys/class/net/enx'),
    )
    const name = link?.slice('sys/class/net/'.length)
    expect(recording.entries.get('proc/net/route')).toContain(name)
    const mapped = [...recording.entries.keys()].find((path) => path.startsWith('dev/mapper/'))
    expect(recording.entries.get('proc/self/mountinfo')).toContain(`/${mapped} `)
  })

  test('serial numbers in configuration space, which is walked as before', () => {
    const redactions: Redaction[] = []
    const redactor = createRedactor('config', pseudonyms, redactions)
    const config = Buffer.alloc(4096)
    config.writeUInt16LE(0x10, 6)
    config.writeUInt8(0x50, 0x34)
    config.writeUInt8(0x03, 0x50)
    config.write('SN12', 0x54)
    config.writeUInt32LE(0x1401_0003, 0x100)
    config.writeUInt32LE(0xaabbccdd, 0x104)
    config.writeUInt32LE(0x00112233, 0x108)
    config.writeUInt32LE(0x0001_000d, 0x140)
    const clean = Buffer.from(redactConfig(config, redactor))
    expect(clean.readUInt32LE(0x54)).toBe(0)
    expect(clean.subarray(0x104, 0x10c)).not.toEqual(config.subarray(0x104, 0x10c))
    expect(clean.readUInt32LE(0x100)).toBe(0x1401_0003)
    expect(redactions.map(({ before }) => before)).toEqual([
      Buffer.from('SN12').toString('hex'),
      '00-11-22-33-aa-bb-cc-dd',
    ])
    expect(Buffer.from(redactConfig(clean, redactor))).toEqual(clean)
    expect(redactions).toHaveLength(2)
  })

  test.each([
    ['intel_iommu=on iommu=pt pci=disable_acs_redir=00:1c.0 quiet', null],
    ['vfio-pci.ids=10de:2204,10de:1aef pcie_acs_override=downstream', null],
    ['root=UUID=6fd2b5a1-0000-4111-8222-123456789abc', /6fd2b5a1/],
    ['rd.luks.key=/etc/key rd.luks.uuid=luks-1', /etc\/key|luks-1/],
    ['ip=10.0.0.2::10.0.0.1:255.255.255.0:walrus:eth0:off', /10\.0|walrus/],
    ['my.password="two words" x', /two|words/],
    ['systemd.hostname=walrus', /walrus/],
    ['=hush .x=hush', /hush/],
    ['BOOT_IMAGE=/vmlinuz-6.1 -- --token hush', /hush/],
  ])('on the command line: %s', (text, secret) => {
    const redactor = createRedactor('proc/cmdline', pseudonyms, [])
    const clean = redactCommandLine(text, redactor)
    if (secret === null) expect(clean).toBe(text)
    else expect(clean).not.toMatch(secret)
    expect(redactCommandLine(clean, redactor)).toBe(clean)
  })

  test('in what commands print', () => {
    const listing = [
      '01:00.0 Ethernet controller [0200]: Intel Corporation I210 [8086:1533] (rev 03)',
      '\tPhysical Slot: 4-2',
      '\tCapabilities: [140 v1] Device Serial Number 00-1b-21-ff-ff-aa-bb-cc',
      '\t\t\t[SN] Serial number: ABC 123',
    ].join('\n')
    const log = [
      '[    1.5] igb 0000:01:00.0: added PHC on eth0, MAC 00:1b:21:aa:bb:cc at 10.1.2.3 and fe80::21b:21ff:feaa:bbcc',
      '[    2.5] vfio-pci 0000:01:00.0: not ready 1023ms after bus reset; waiting',
      '[    2.6] pci 0000:00:01.0:   bridge window [mem 0x380000000000-0x3800001fffff 64bit pref]',
      'Linux walrus 6.1.0-56-amd64',
      'QEMU emulator version 7.2.19 (Debian 1:7.2+dfsg-7)',
    ].join('\n')
    const said = [
      ['lspci.txt', listing],
      ['kernel-log.txt', log],
    ] as const
    for (const [file, text] of said) {
      const redactor = createRedactor('x', pseudonyms, [])
      const clean = redactOutput(file, text, redactor, { hostNames: ['walrus'], listed: LISTED })
      expect(clean).not.toMatch(/1b-21|1b:21|ABC 123|10\.1\.2|fe80|walrus|4-2/)
      const [first = '', second = '', third = ''] = text.split('\n')
      expect(clean).toContain(file === 'lspci.txt' ? first : `${second}\n${third}`)
      expect(redactOutput(file, clean, redactor, { hostNames: ['walrus'], listed: LISTED })).toBe(
        clean,
      )
    }
    const clean = redactOutput('kernel-log.txt', log, createRedactor('x', pseudonyms, []), {
      hostNames: [],
      listed: LISTED,
    })
    expect(clean).toContain('igb 0000:01:00.0: added PHC on eth0, MAC 02:72:64:')
    expect(clean).toContain('QEMU emulator version 7.2.19 (Debian 1:7.2+dfsg-7)')
  })

  test('programs that hold devices, unless every host has them', async () => {
    const { recording } = redactRecording(
      await recordingOf({
        'dev/vfio/3': '',
        'proc/7/fd/9': { link: '/dev/vfio/3' },
        'proc/7/comm': 'qemu-system-x86\n',
        'proc/8/fd/9': { link: '/dev/vfio/3' },
        'proc/8/comm': 'acme-secret\n',
      }),
      pseudonyms,
    )
    expect(recording.entries.get('proc/7/comm')).toBe('qemu-system-x86\n')
    expect(recording.entries.get('proc/8/comm')).toMatch(/^redacted-[0-9a-f]{6}\n$/)
  })
})

describe('what is said of a read that failed', () => {
  test.each([
    ['timeout', 'no answer', 'no answer'],
    ['timeout', 'not read: files called secret-host give no answer', 'no answer'],
    ['truncated', 'longer than 4096 bytes', 'longer than 4096 bytes'],
    ['malformed', 'secret-host said so', 'failed'],
  ] as const)('%s: %s', (why, detail, told) => {
    const failure = { why, errno: null, detail }
    const path = 'proc/meminfo'
    const recording: Recording = {
      origin: { kind: 'live', path: null },
      entries: new Map(),
      listings: new Map(),
      failures: new Map([[path, failure]]),
      made: new Map(),
    }
    const { failures } = redactRecording(recording, pseudonyms).recording
    expect([...failures.values()]).toEqual([{ why, errno: null, detail: told }])
  })
})
