import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../../src/explain/catalogue/catalogue.js'
import { DIAGNOSES } from '../../../src/explain/catalogue/diagnosis.js'
import { type LogReading, readLog } from '../../../src/explain/log/read-log.js'
import { decoderFor } from '../../../src/explain/log/text-encoding.js'
import { filledText } from '../filled-text.js'
import { fixtureMessages } from '../fixture-messages.js'

function read(...lines: readonly string[]): LogReading {
  const log = readLog()
  for (const line of lines) log.take(line)
  return log.finish()
}

/** What was found, as `id device errno`. */
function found(...lines: readonly string[]): readonly string[] {
  return read(...lines).messages.map(
    ({ message: { id, device, errno } }) => `${id} ${device} ${errno}`,
  )
}

const FOREIGN =
  'qemu-system-x86_64: vfio: Cannot reset device 0000:65:00.0, depends on group 14 which is not owned.'
const IS_FOREIGN = ['foreign-group 0000:65:00.0 null']

/** Breaks a text at blanks into lines of at most `width` characters, as mail does. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`
    } else lines.push(word)
  }
  return lines
}

/** Cuts a text into lines of exactly `width` characters, as terminals do. */
function cut(text: string, width: number): readonly string[] {
  return text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []
}

describe('a message in several lines', () => {
  it('wrapped by a mail, quoted, and quoted again', () => {
    const lines = wrapped(FOREIGN, 60)
    expect(lines.length).toBeGreaterThan(1)
    expect(found(...lines)).toEqual(IS_FOREIGN)
    expect(found(...lines.map((line) => `> ${line}`))).toEqual(IS_FOREIGN)
    expect(found(...lines.map((line) => `> > ${line}`))).toEqual(IS_FOREIGN)
    expect(found(...lines.map((line) => `    ${line}`))).toEqual(IS_FOREIGN)
  })

  it.each([40, 56, 72, 80, 84])('cut by a terminal of %i columns', (width) => {
    expect(found(...cut(FOREIGN, width))).toEqual(IS_FOREIGN)
    expect(found(...cut(`Jun 15 11:58:45 pve QEMU[12]: ${FOREIGN}`, width))).toEqual(IS_FOREIGN)
  })

  it('whose address a terminal cut', () => {
    expect(
      found(
        'vfio-pci 0000:03:00.0: Unable to change power state from D0 to D3hot for 0000:0',
        '3:00.0',
      ),
    ).toEqual([])
    expect(
      found(
        'qemu-system-x86_64: -device vfio-pci: vfio: Cannot reset device 0000:65:0',
        '0.0, no available reset mechanism.',
      ),
    ).toEqual(['no-bus-or-slot-reset 0000:65:00.0 ENODEV'])
  })

  it('whose errno stands in the next', () => {
    const open = 'kvm: vfio 0000:10:00.0: failed to open /dev/vfio/15:'
    expect(found(open, 'Device or resource busy')).toEqual(['open-failed 0000:10:00.0 EBUSY'])
    expect(found(`${open} Device or`, 'resource busy')).toEqual(['open-failed 0000:10:00.0 EBUSY'])
    expect(found('kvm: VFIO_MAP_DMA failed: Cannot', 'allocate memory')).toEqual([
      'dma-map-failed null ENOMEM',
    ])
  })

  it('does not take what is another message, or begins as a line of a log does', () => {
    expect(
      found(
        'Jun 15 11:58:45 pve kernel: vfio-pci 0000:03:00.0: not ready 1023ms',
        'Jun 15 11:58:46 pve kernel: after bus reset; waiting',
      ),
    ).toEqual([])
    expect(
      found('kvm: vfio 0000:01:00.0: group 1', 'kvm: vfio 0000:02:00.0: group 2 is not viable'),
    ).toEqual(['group-not-viable 0000:02:00.0 null'])
  })

  it('over more than four breaks is not put together', () => {
    const words = 'depends on group 14 which is not owned.'.split(' ')
    expect(found('vfio: Cannot reset device 0000:65:00.0,', ...words)).toEqual([])
  })

  it('has its function in the options whose bracket it closes', () => {
    expect(
      found(
        'Jan 01 00:00:00 pve libvirtd[1]: qemu-kvm: -device',
        '{"driver":"vfio-pci",',
        '"host":"0000:35:00.0",',
        '"id":"gpu1"}: VFIO_MAP_DMA failed: Cannot allocate memory',
      ),
    ).toEqual(['dma-map-failed 0000:35:00.0 ENOMEM'])
  })

  it('has its function in a line that ends in the middle of something', () => {
    expect(
      found('> kvm: -device vfio-pci,host=01:00.0: vfio 0000:01:00.0:', '> group 1 is not viable'),
    ).toEqual(['group-not-viable 0000:01:00.0 null'])
  })

  it('has its function in the line that its block stands below', () => {
    expect(
      found(
        '0b:00.0 VGA compatible controller: AMD Vega',
        '\tSubsystem: x',
        '\t!!! Unknown header type 7f',
      ),
    ).toEqual(['dead-device 0000:0b:00.0 null'])
  })
})

describe('what carries a log', () => {
  const LINE = 'vfio-pci 0000:03:00.0: not ready 65535ms after bus reset; giving up'
  const IS = ['gave-up-reset 0000:03:00.0 null']

  it.each([
    ['dmesg -x', `kern  :warn  : [ 1058.412561] ${LINE}`],
    ['dmesg -x -T', `kern  :warn  : [Thu Oct  9 10:00:00 2025] ${LINE}`],
    ['dmesg -H', `[Oct 9 10:00] ${LINE}`],
    ['dmesg -H, later lines', `[  +0.000012] ${LINE}`],
    ['journalctl -o short-full', `Thu 2025-10-09 10:00:00 CEST pve kernel: ${LINE}`],
    ['journalctl -o short-iso', `2025-10-09T10:00:00+0200 pve kernel: ${LINE}`],
    ['journalctl -o short-unix', `1760000000.123456 pve kernel: ${LINE}`],
    ['journalctl -o short-monotonic', `[ 1058.412561] pve kernel: ${LINE}`],
    ['journalctl -o export', `MESSAGE=${LINE}`],
    ['RFC 5424', `<4>1 2025-10-09T10:00:00.123456+02:00 pve kernel: ${LINE}`],
    ['klog', `E1009 10:00:00.123456   12345 server.go:310] ${LINE}`],
    ['CRI', `2025-10-09T10:00:00.123456789Z stderr F ${LINE}`],
    ['docker compose', `vm-1  | ${LINE}`],
    ['kubectl logs --prefix', `[pod/virt-launcher-vm1/compute] ${LINE}`],
    ['logfmt of Kata', `time="2025-10-09T10:00:00Z" level=error msg="${LINE}" name=kata pid=1`],
    ['a quoted JSON text', JSON.stringify({ log: `${LINE}\n`, stream: 'stderr' })],
    ['JSON in JSON', JSON.stringify({ log: JSON.stringify({ msg: LINE, level: 'error' }) })],
    ['a tracker', `> \`${LINE}\``],
    ['colours', `\u001b[33m[ 1058.412561] \u001b[0m\u001b[1m${LINE}\u001b[0m`],
  ])('%s', (_, line) => {
    expect(found(line)).toEqual(IS)
  })

  it('journalctl -o json-pretty, also with a list of bytes', () => {
    const bytes = [...Buffer.from(`\u001b[1m${LINE}`)]
    const list = [
      '{',
      '\t"PRIORITY" : "4",',
      '\t"MESSAGE" : [',
      ...bytes.map((each) => `\t\t${each},`),
    ]
    expect(
      found(...list.slice(0, -1), `\t\t${bytes.at(-1)}`, '\t],', '\t"_PID" : "1"', '}'),
    ).toEqual(IS)
    expect(found('{', `\t"MESSAGE" : "${LINE}",`, '\t"_PID" : "1"', '}')).toEqual(IS)
  })

  it('CRI records that were cut', () => {
    const time = '2025-10-09T10:00:00.123456789Z'
    expect(
      found(`${time} stderr P ${LINE.slice(0, 30)}`, `${time} stderr F ${LINE.slice(30)}`),
    ).toEqual(IS)
  })

  it('the source of a page of a forum', () => {
    const line =
      '<pre><code>vfio-pci 0000:65:00.0: BAR 0: can&#39;t reserve [mem 0xd0000000-0xdfffffff]</code></pre><br />'
    expect(found(line)).toEqual(['bar-busy 0000:65:00.0 null'])
    expect(found(`&gt; ${FOREIGN.replaceAll(' ', '&nbsp;')}`)).toEqual(IS_FOREIGN)
  })

  it('quoted-printable mail whose next line begins with the blank', () => {
    for (const { index: at } of [...FOREIGN.matchAll(/ /g)].filter(({ index }) => index > 30)) {
      expect(found(`${FOREIGN.slice(0, at)}=`, FOREIGN.slice(at)), String(at)).toEqual(IS_FOREIGN)
    }
  })

  it('quoted-printable mail', () => {
    const line =
      'kvm: -device vfio-pci,host=01:00.0,id=hostpci0: vfio 0000:01:00.0: group 1 is not viable'
    const mail = line.replaceAll('=', '=3D')
    expect(found(`${mail.slice(0, 75)}=`, mail.slice(75))).toEqual([
      'group-not-viable 0000:01:00.0 null',
    ])
  })

  it('UTF-16 in both orders, with a mark or without', () => {
    const text = `${LINE}\r\n`
    const le = Buffer.from(text, 'utf16le')
    const be = Buffer.from(le).swap16()
    const bom = Buffer.from([0xff, 0xfe])
    for (const bytes of [le, be, Buffer.concat([bom, le])]) {
      expect(found(...decoderFor(bytes).decode(bytes).split('\n'))).toEqual(IS)
    }
    const ascii = Buffer.from(text)
    expect(decoderFor(ascii).encoding).toBe('utf-8')
    expect(decoderFor(Buffer.concat([bom, ascii])).encoding).toBe('utf-8')
    expect(decoderFor(new Uint8Array()).encoding).toBe('utf-8')
  })

  it('a message far behind in a long line', () => {
    expect(found(`${'x '.repeat(5_000)}${LINE}`)).toEqual(IS)
  })
})

describe('a known text, wrapped at any blank', () => {
  /** Rows that a break leaves nothing of, or that begin and end as a line does. */
  const ROWS = CATALOGUE.filter(({ text, needsErrno }) => !needsErrno && !/^\^|\$$/.test(text))

  it('is still the same, quoted at 72 columns', () => {
    const PREFIX = 'Jun 15 11:58:45 pve program[1234]: '
    const lost = ROWS.filter((known) => {
      const text = filledText(known)
      const lines = wrapped(PREFIX + text, 70).map((line) => `> ${line}`)
      const [first] = found(PREFIX + text)
      return lines.length <= 4 && found(...lines)[0] !== first
    })
    expect(lost.map(({ text }) => text)).toEqual([])
  })

  it('is still found at any two blanks', () => {
    let tried = 0
    let kept = 0
    fc.assert(
      fc.property(fc.constantFrom(...ROWS), fc.nat(), fc.nat(), (known, one, other) => {
        const words = filledText(known).split(' ')
        if (words.length < 3) return
        const breaks = [one % words.length, other % words.length].sort((a, b) => a - b)
        const [a = 0, b = 0] = breaks
        const lines = [words.slice(0, a), words.slice(a, b), words.slice(b)]
          .map((part) => part.join(' '))
          .filter((line) => line !== '')
        tried++
        const { messages } = read(...lines)
        if (
          messages.some(
            ({ message }) => message.id === read(words.join(' ')).messages[0]?.message.id,
          )
        )
          kept++
      }),
      { seed: 20_261_130, numRuns: 3_000 },
    )
    expect(kept / tried).toBeGreaterThan(0.95)
  })
})

it('lists a line that has an address or ERROR and is unknown', () => {
  const { messages, unknown } = read(
    'vfio-pci 0000:03:00.0: something that nobody has seen yet',
    'foo: ERROR: it is full of stars',
    'Jun 15 11:58:45 pve systemd[1]: Started Session 12 of User somebody.',
  )
  expect(messages).toEqual([])
  expect(unknown.map(({ line }) => line)).toEqual([1, 2])
})

it('counts what it does not list', () => {
  const lines = Array.from(
    { length: 30 },
    (_, place) =>
      `foo 0000:03:00.0: ${String.fromCharCode(97 + (place % 26))}${'x'.repeat(place)} failed`,
  )
  const { unknown, unlisted } = read(...lines)
  expect(unknown.length + unlisted).toBe(30)
})

it('takes nothing from what every line says, however it is wrapped', () => {
  for (const { id, line } of fixtureMessages()) {
    expect(read(line, 'foo', 'bar').messages[0]?.message.id, line).toBe(
      read(line).messages[0]?.message.id === 'memory-or-bar-map' ? 'p2p-map-failed' : id,
    )
  }
  expect(Object.keys(DIAGNOSES).length).toBeGreaterThan(100)
})

it('costs little, whatever stands in a line', () => {
  const texts = CATALOGUE.map(filledText)
  const lines = [
    'VFIO_DEVICE_RESET '.repeat(111),
    'hot reset: '.repeat(181),
    'vfio 0000:01:00.0: '.repeat(105),
    ...Array.from({ length: 40 }, (_, place) =>
      texts
        .slice(place * 18, place * 18 + 60)
        .map((text) => text.slice(0, 32))
        .join(' '),
    ),
  ]
  const before = process.cpuUsage()
  const log = readLog()
  for (let round = 0; round < 12; round++) {
    for (const line of lines) log.take(`${line.slice(0, 1_990)}${round}`)
  }
  log.finish()
  const { user, system } = process.cpuUsage(before)
  // 1 MB; measured: a fifth of a second. 40 MB must not take longer than 10 s.
  expect((user + system) / 1e6).toBeLessThan(2)
})
