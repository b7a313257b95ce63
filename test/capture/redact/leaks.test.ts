import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordHost } from '../../../src/capture/record/record-host.js'
import { writeTar } from '../../../src/capture/record/write-tar.js'
import { redactCommandLine } from '../../../src/capture/redact/redact-command-line.js'
import { redactOutput } from '../../../src/capture/redact/redact-output.js'
import { redactRecording } from '../../../src/capture/redact/redact-recording.js'
import { createRedactor, type Redaction } from '../../../src/capture/redact/redaction.js'
import { captureReport } from '../../../src/capture/report/document.js'
import { makeCapture } from '../../../src/cli/answers/make-capture.js'
import { keyedPseudonyms, madeUpPseudonyms } from '../../../src/cli/answers/report-redaction.js'
import { recordOf } from '../../../src/host/archive/capture-record.js'
import { createRecordedTree } from '../../../src/host/archive/recorded-tree.js'
import { readHost } from '../../../src/host/read/read-host.js'
import { createMemoryTree, type MemoryEntry } from '../../../src/host/tree/memory-tree.js'
import type { TreeOrigin } from '../../../src/host/tree/tree.js'
import type { HostFiles } from '../../support/host-files.js'
import { readTarGz } from '../../support/tar.js'
import { HOST } from '../fuzz-cases.js'
import { formed, LISTED, secret } from './marks.js'

const FIXTURES = fileURLToPath(new URL('../../../fixtures/redaction/', import.meta.url))
const fixture = (name: string) => readFileSync(`${FIXTURES}${name}`)

const WISH = { wake: false, redact: true, 'show-redactions': false, for: undefined }
const TIME = '2026-01-01T00:00:00Z'

/** All that a redacted capture of the tree consists of, and what is told about it in JSON, as one text. */
async function published(files: HostFiles, origin: TreeOrigin = LIVE): Promise<string> {
  const { entries, outcome } = await makeCapture(
    createMemoryTree(Object.entries(files), origin),
    WISH,
    TIME,
  )
  const told = JSON.stringify(captureReport({ ...outcome, file: 'x', bytes: 1 }))
  return Buffer.concat([...writeTar(entries)]).toString('latin1') + told
}

const LIVE: TreeOrigin = { kind: 'live', path: null }

/** Everything that a host has beside its functions and that is read. */
const MORE: HostFiles = {
  'proc/cmdline': 'BOOT_IMAGE=/boot/vmlinuz-6.1.0-57-amd64 root=/dev/sda1 intel_iommu=on quiet\n',
  'proc/version': 'Linux version 6.1.0-57-amd64 (a@b) (gcc) #1 SMP Debian 6.1.192-1 (2026-11-05)\n',
  'proc/self/mountinfo':
    '20 1 8:1 / / rw - ext4 /dev/sda1 rw\n21 1 0:25 / /boot rw - nfs4 10.1.2.3:/srv rw\n',
  'proc/swaps':
    'Filename Type Size Used Priority\n/dev/mapper/vg-swap partition 1 0 -2\n/swapfile file 1 0 -3\n',
  'proc/net/route': 'Iface Destination Gateway Flags\neth0 00000000 0102000A 0003\n',
  'proc/net/ipv6_route': `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00000400 00000001 00000000 00000003 eth0\n`,
  'proc/interrupts': '  CPU0\n 16:  1  IR-IO-APIC  16-fasteoi  ehci\n',
  'proc/bus/input/devices':
    'I: Bus=0003\nN: Name="Keyboard"\nP: Phys=usb-1\nS: Sysfs=/devices/pci0000:00/0000:00:02.0/usb1/input/input3\nU: Uniq=SN\nH: Handlers=sysrq kbd event3\nB: EV=120013\n\n',
  'proc/7/fdinfo/3':
    'pos: 0\nvfio-device-syspath: /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0\n',
  'sys/class/tty/console/active': 'tty0 ttyS0\n',
  'sys/class/tty/ttyS0': { link: '../../devices/pci0000:00/0000:00:02.0/tty/ttyS0' },
  'sys/class/net/eth0': { link: '../../devices/pci0000:00/0000:00:02.0/0000:02:00.0/net/eth0' },
  'sys/devices/pci0000:00/0000:00:02.0/0000:02:00.0/net/eth0/address': '00:1b:21:aa:bb:cc\n',
  'sys/dev/block/8:1': { link: '../../devices/pci0000:00/0000:00:02.0/ata1/host0/block/sda/sda1' },
  'sys/devices/pci0000:00/0000:00:02.0/ata1/host0/block/sda/sda1/partition': '1\n',
  'sys/class/block/dm-0': { link: '../../devices/virtual/block/dm-0' },
  'sys/devices/virtual/block/dm-0/slaves/sda1': { link: '../../../../x/sda1' },
  'dev/mapper/vg-swap': { link: '../dm-0' },
}
const BASE: HostFiles = { ...HOST, ...MORE }

const RUNS = Number(process.env['FUZZ_COUNT'] ?? 300)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_130)

/** Names of drivers and modules stay: verdicts rest on them. */
const isOfDriver = (path: string) => /\/(?:driver|module)$|\/(?:drivers|module)\//.test(path)

function withText(entry: MemoryEntry | undefined, text: string, how: string): MemoryEntry {
  if (typeof entry === 'string') {
    if (how === 'appended') return `${entry.trimEnd()} ${text}\n`
    if (how === 'a line') return `${entry.trimEnd()}\n${text}\n`
    return how === 'before' ? `${text} ${entry}` : `${text}\n`
  }
  if (entry !== null && entry !== undefined && typeof entry === 'object' && 'link' in entry) {
    const parts = entry.link.split('/')
    return { link: [...parts.slice(0, -1), text, ...parts.slice(-1)].join('/') }
  }
  return `${text}\n`
}

describe('nothing of a secret comes out', () => {
  const paths = Object.keys(BASE).filter(
    (path) => !isOfDriver(path) && !path.endsWith('/config') && BASE[path] !== null,
  )

  it('whatever file or link of the host it stands in', async () => {
    const how = fc.constantFrom('appended', 'a line', 'before', 'alone')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.oneof(secret, formed),
        how,
        fc.constantFrom('live', 'directory', 'capture'),
        async (path, { text, mark }, place, kind) => {
          fc.pre(!(path.endsWith('/uevent') && /^[a-z]+$/i.test(text)))
          const origin = {
            kind,
            path: kind === 'live' ? null : `/home/${text}/${text}.tgz`,
          } as const
          const files = { ...BASE, [path]: withText(BASE[path], text, place) }
          expect(await published(files, origin)).not.toMatch(mark)
        },
      ),
      { numRuns: RUNS, seed: SEED },
    )
  }, 120_000)

  it('nor whatever it is the name of', async () => {
    const folders = [...new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))))].filter(
      (path) => !/\/(?:drivers|module)$/.test(path),
    )
    const name = fc.oneof(secret, formed).filter(({ text }) => !text.includes('/'))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...folders),
        name,
        fc.boolean(),
        async (folder, { text, mark }, isFile) => {
          const files = {
            ...BASE,
            [isFile ? `${folder}/${text}` : `${folder}/${text}/size`]: '1\n',
          }
          expect(await published(files)).not.toMatch(mark)
        },
      ),
      { numRuns: RUNS, seed: SEED },
    )
  }, 120_000)

  it('nor what a manifest of a stranger says of reads that failed', async () => {
    const failed = { why: 'failed', errno: 'EZQSECRET', detail: 'zqsecret' } as const
    const files = {
      ...BASE,
      'proc/swaps': { failure: failed },
      'sys/class/net/zqsecret': { failure: failed },
    }
    expect(await published(files)).not.toMatch(/zqsecret/i)
  })

  it('nor in configuration space', async () => {
    const config = Buffer.alloc(4096)
    config.writeUInt16LE(0x10, 6)
    config.writeUInt8(0x50, 0x34)
    config.writeUInt8(0x03, 0x50)
    config.write('ZQSN', 0x54)
    config.writeUInt32LE(0x0001_0003, 0x100)
    config.write('ZQSERIAL', 0x104)
    const path = paths.find((each) => each.endsWith('/class')) ?? ''
    const files = { ...BASE, [path.replace(/class$/, 'config')]: config }
    expect(await published(files)).not.toMatch(/ZQS/)
  })
})

describe('the field', () => {
  it('no parameter of a command line that nobody knows to be plain', () => {
    for (const parameter of fixture('cmdline.txt').toString().trim().split('\n')) {
      const text = `BOOT_IMAGE=/vmlinuz ${parameter} intel_iommu=on`
      const clean = redactCommandLine(text, createRedactor('proc/cmdline', madeUpPseudonyms(), []))
      expect(clean).not.toMatch(/0123456789abcdef|alice|zq|0x5005|10\.244|iqn/i)
      expect(clean).toContain('intel_iommu=on')
    }
  })

  it.each(['kernel-log.txt', 'lspci.txt'])('nor anything that %s says of this host', (name) => {
    const redactor = createRedactor(name, madeUpPseudonyms(), [])
    const clean = redactOutput(name, fixture(name).toString(), redactor, {
      hostNames: ['acmehost'],
      listed: LISTED,
    })
    expect(clean).not.toMatch(
      /SECRET|SERIAL\d|\dSERIAL|USBSERIAL|S5H9|alice|acme|example|iqn\.|deadbeef|SPICE5|0x5001438|001122334455|00-11-22|5054|10\.[01]\.|50:01:43|buildbox|1b4e28ba/,
    )
    expect(clean).toContain(name === 'lspci.txt' ? '[8086:1572]' : 'DMAR: IOMMU enabled')
    expect(redactOutput(name, clean, redactor, { hostNames: ['acmehost'], listed: LISTED })).toBe(
      clean,
    )
  })

  it('nor a manifest of what it replaced', async () => {
    const text = await published(readTarGz(fixture('names.tar.gz')), {
      kind: 'capture',
      path: 'acmehost.tgz',
    })
    expect(text).not.toMatch(/ZQSLOT1|001b21aabbcc|acmehost/)
  })

  it.each([
    '20 1 0:25 / / rw - nfs4 10.177.20.31:/srv/zqcustomer rw,addr=10.177.20.31,clientaddr=10.177.20.9',
    '20 1 0:26 / / rw - cifs //zqfiler/root rw,username=zqalice,domain=ZQCORP',
    '20 1 0:28 / / rw - overlay overlay rw,lowerdir=/home/zqalice/lower,upperdir=/home/zqalice/upper',
    '20 1 253:0 / / rw - ext4 /dev/mapper/nas--vg-root rw',
  ])('nor a mount: %s', async (line) => {
    const swaps = 'Filename Type Size Used Priority\n/home/zqalice/swapfile file 1 0 -2\n'
    const text = await published({
      ...BASE,
      'proc/self/mountinfo': `${line}\n`,
      'proc/swaps': swaps,
    })
    expect(text).not.toMatch(/zq|10\.177|nas--vg/i)
  })

  it.each(['kvm-customer7', 'qemu-acme', 'nvidia-box3', 'containerd-zq'])(
    'nor a program called %s',
    async (name) => {
      expect(await published({ ...BASE, 'proc/7/comm': `${name}\n` })).not.toContain(name)
    },
  )
})

describe('what the host needs is found in what is redacted, too', () => {
  const DISK = 'sys/devices/pci0000:00/0000:00:02.0/ata1/host0/block/sda'
  const NET = 'sys/devices/pci0000:00/0000:00:02.0/0000:02:00.0/net/acmelan'
  const files: HostFiles = {
    ...BASE,
    'proc/self/mountinfo': [
      '20 1 254:0 / / rw,relatime shared:1 - ext4 /dev/mapper/acme--vg-root rw,errors=remount-ro',
      '21 20 8:1 / /boot rw,relatime shared:2 master:1 - vfat /dev/sda1 rw',
      '22 20 8:1 / /home/alice\\040b rw - ext4 /dev/sda1 rw',
    ].join('\n'),
    'proc/swaps': 'Filename Type Size Used Priority\n/home/alice\\040b/swap file 1 0 -2\n',
    'proc/net/route': 'Iface Destination Gateway Flags\nacmebr 00000000 0102000A 0003\n',
    [`${DISK}/sda1/partition`]: '1\n',
    'sys/dev/block/254:0': { link: '../../devices/virtual/block/dm-0' },
    'sys/class/block/dm-0': { link: '../../devices/virtual/block/dm-0' },
    'sys/devices/virtual/block/dm-0/slaves/sda1': { link: `../../../../../../${DISK}/sda1` },
    'dev/mapper/acme--vg-root': { link: '../dm-0' },
    'sys/class/net/acmebr': { link: '../../devices/virtual/net/acmebr' },
    'sys/devices/virtual/net/acmebr/lower_acmelan': { link: `../../../../../${NET}` },
    [`${NET}/lower_x`]: '',
  }

  it('the same functions, and nothing of a name', async () => {
    const tree = createMemoryTree(Object.entries(files), LIVE)
    const { recording, raw } = await recordHost(tree, { wake: false })
    const redacted = redactRecording(recording, madeUpPseudonyms()).recording
    const again = createRecordedTree(redacted.entries, recordOf(redacted), LIVE)
    const { hostNeeds } = await readHost(again, { wake: false, holders: true })
    const kinds = (needs: typeof hostNeeds) => needs.map(({ kind, address }) => [kind, address])
    expect(kinds(hostNeeds)).toEqual(kinds(raw.hostNeeds))
    expect(new Set(hostNeeds.map(({ kind }) => kind))).toEqual(
      new Set([
        'root-filesystem',
        'boot-disk',
        'swap',
        'console',
        'active-route',
        'keyboard',
        'mounted-filesystem',
      ]),
    )
    expect(JSON.stringify([...redacted.entries])).not.toMatch(/acme|alice/)
  })
})

describe('pseudonyms', () => {
  it('are of a key that is made up for each run', async () => {
    const [one, two] = [madeUpPseudonyms(), madeUpPseudonyms()]
    expect(one('mac-address', 'x')).not.toBe(two('mac-address', 'x'))
    expect(one('mac-address', 'x')).toBe(one('mac-address', 'x'))
    expect(one('mac-address', 'x')).not.toBe(one('uuid', 'x'))
  })

  it('are the same for one MAC, however it is written, in names, texts and logs', () => {
    const redactions: Redaction[] = []
    const redactor = createRedactor('x', keyedPseudonyms('key'), redactions)
    const text = 'mac 00:1b:21:aa:bb:cc 00-1B-21-AA-BB-CC 001b21aabbcc enx001b21aabbcc'
    const clean = redactOutput('kernel-log.txt', text, redactor, { hostNames: [], listed: LISTED })
    const digits = clean
      .match(/02:?72:?64(?::?[0-9a-f]{2}){3}/g)
      ?.map((each) => each.replaceAll(':', ''))
    expect(digits).toHaveLength(4)
    expect(new Set(digits).size).toBe(1)
  })
})

it('what matters of a log stays', () => {
  const log = gunzipOrText('boot-framebuffer.txt')
  const clean = redactOutput('kernel-log.txt', log, createRedactor('x', madeUpPseudonyms(), []), {
    hostNames: [],
    listed: LISTED,
  })
  const kept = clean.split('\n').filter((line, at) => line === log.split('\n')[at])
  expect(kept.length / clean.split('\n').length).toBeGreaterThan(0.5)
})

function gunzipOrText(name: string): string {
  const file = readFileSync(
    fileURLToPath(new URL(`../../../fixtures/logs/${name}`, import.meta.url)),
  )
  return (name.endsWith('.gz') ? gunzipSync(file) : file).toString()
}
