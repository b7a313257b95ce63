import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeTar } from '../../../src/capture/record/write-tar.js'
import { createTarReader, readTar, type TarLimits } from '../../../src/host/archive/tar.js'
import { base256, entryBytes, paxRecordsOf, type RawEntry, rawTar } from '../../support/raw-tar.js'

const LIMITS: TarLimits = {
  entries: 300_000,
  pathLength: 1024,
  depth: 64,
  fileBytes: 2 ** 20,
  keptBytes: 2 ** 28,
}

/** Files as `path: content`, links as `path -> target`, folders by their path. */
function told(bytes: Uint8Array): readonly string[] {
  return readTar(bytes, LIMITS).map((entry) => {
    if (entry.kind === 'file') return `${entry.path}: ${Buffer.from(entry.bytes)}`
    return entry.kind === 'link' ? `${entry.path} -> ${entry.target}` : entry.path
  })
}

const pax = (values: Readonly<Record<string, string>>): RawEntry => ({
  path: 'PaxHeader',
  type: 'x',
  content: paxRecordsOf(values),
})

const NEXT: RawEntry = { path: 'next', content: 'two' }

describe('sizes', () => {
  it('are those of a pax header, where one stands before the entry', () => {
    const entry = { path: 'sys/a', content: 'one', size: '00000000000\0' }
    expect(told(rawTar([pax({ size: '3' }), entry, NEXT]))).toEqual(['sys/a: one', 'next: two'])
  })

  it('hold for one entry only', () => {
    expect(told(rawTar([pax({ size: '3', path: 'sys/b' }), NEXT, NEXT]))).toEqual([
      'sys/b: two',
      'next: two',
    ])
  })

  it('may be binary, as GNU tar writes large ones', () => {
    const entry = { path: 'sys/a', content: 'one', size: base256(3n) }
    expect(told(rawTar([entry, NEXT]))).toEqual(['sys/a: one', 'next: two'])
  })

  it.each([
    ['of a terabyte', base256(2n ** 40n), /a file of more than 1048576 bytes/],
    ['beyond what a number holds', base256(2n ** 62n), /a file of more than 1048576 bytes/],
    ['below zero', base256(-512n), /no tar archive/],
    ['of rubbish', '5zzzzzzzzzz\0', /no tar archive/],
    ['of nothing', '', /no tar archive/],
  ])('%s are refused', (_, size, message) => {
    expect(() => told(rawTar([{ path: 'sys/a', size, content: 'x' }]))).toThrow(message)
  })

  it.each(['-1', '1e3', '0x10', '9'.repeat(30), ' 3'])('"%s" of pax is refused', (size) => {
    expect(() => told(rawTar([pax({ size }), NEXT]))).toThrow(/an entry of size/)
  })

  it('of links and folders mean nothing', () => {
    const link = { path: 'link', type: '2', target: 'to', size: '00000000005\0' }
    const folder = { path: 'folder', type: '5', size: '00000000700\0' }
    expect(told(rawTar([link, folder, NEXT]))).toEqual(['link -> to', 'folder', 'next: two'])
  })
})

describe('pax headers', () => {
  it('may be empty, repeat themselves and say what nobody asks for', () => {
    const none = { path: 'PaxHeader', type: 'x' }
    const said = pax({ mtime: '1.5', 'SCHILY.xattr.user': 'a\nb=c\n', path: 'sys/ü' })
    expect(told(rawTar([none, pax({ path: 'sys/first' }), said, NEXT]))).toEqual(['sys/ü: two'])
  })

  it('of all entries are passed over', () => {
    expect(
      told(rawTar([{ path: 'g', type: 'g', content: paxRecordsOf({ comment: 'x' }) }, NEXT])),
    ).toEqual(['next: two'])
  })

  it('take a value to its end, whatever stands in it', () => {
    expect(told(rawTar([pax({ comment: '\n12 path=sys/b' }), NEXT]))).toEqual(['next: two'])
  })

  it.each(['x', '5 path', '99 path=a\n', '-9 path=a\n', '0 path=a\n', '9 path=a\n9', '10 path=ab'])(
    '%j makes no sense',
    (content) => {
      expect(() => told(rawTar([{ path: 'x', type: 'x', content }, NEXT]))).toThrow(/no sense/)
    },
  )

  it('of more than 64 KiB are refused before they are read', () => {
    const [header] = [entryBytes({ path: 'x', type: 'x', size: '00000200001\0' })]
    expect(() => createTarReader(LIMITS, () => true).push(header)).toThrow(/too long/)
  })

  it('take of what may be kept, so that many of them end somewhere', () => {
    const header = entryBytes(pax({ comment: 'x'.repeat(60_000) }))
    const reader = createTarReader({ ...LIMITS, keptBytes: 2 ** 20 }, () => true)
    expect(() => {
      for (let count = 0; count < 100; count++) reader.push(header)
    }).toThrow(/more than a capture can/)
  })
})

describe('sparse files', () => {
  it('of GNU are refused', () => {
    expect(() => told(rawTar([{ path: 'sys/a', type: 'S' }]))).toThrow(/type "S"/)
  })

  it('of pax are refused', () => {
    const sparse = pax({ 'GNU.sparse.major': '1', 'GNU.sparse.name': 'sys/a' })
    expect(() => told(rawTar([sparse, NEXT]))).toThrow(/a sparse file/)
  })
})

describe('damage', () => {
  it.each([1, -1, 256])('a sum that is wrong by %i is seen', (sumError) => {
    expect(() => told(rawTar([NEXT, { ...NEXT, sumError }]))).toThrow('it is no tar archive')
  })

  it('an archive that is cut anywhere is refused', () => {
    const whole = rawTar([pax({ path: 'sys/long' }), NEXT, { path: 'empty' }])
    const end = whole.length - 1024
    for (let length = 0; length < end + 512; length += 64) {
      const isBetween = [0, 1024, 2048, 2560].includes(length)
      expect(() => told(whole.subarray(0, length))).toThrow(
        isBetween ? 'without an end mark' : 'in the middle of an entry',
      )
    }
    expect(told(whole.subarray(0, end + 512))).toEqual(['sys/long: two', 'empty: '])
  })

  it('a body of zeros is no end mark', () => {
    const zeros = { path: 'zeros', content: new Uint8Array(1024) }
    expect(() => told(entryBytes(zeros))).toThrow('without an end mark')
  })

  it('what stands behind the end mark is not read', () => {
    expect(told(Buffer.concat([rawTar([NEXT]), rawTar([{ path: 'x', type: '9' }])]))).toEqual([
      'next: two',
    ])
  })
})

describe('many entries', () => {
  const archive = Buffer.concat([
    ...Array.from({ length: 200_000 }, (_, index) => entryBytes({ path: `sys/${index}` })),
    Buffer.alloc(1024),
  ])

  it('are read, in pieces of any length', () => {
    const reader = createTarReader(LIMITS, () => true)
    for (let at = 0; at < archive.length; at += 77_777)
      reader.push(archive.subarray(at, at + 77_777))
    expect(reader.end()).toHaveLength(200_000)
    expect(reader.kept).toBeGreaterThan(200_000 * 600)
  })

  it.each([
    ['entries', { ...LIMITS, entries: 1000 }, 'it holds more than 1000 entries'],
    ['bytes', { ...LIMITS, keptBytes: 1_000_000 }, 'it holds more than a capture can'],
  ])('are not read beyond the limit of %s', (_, limits, message) => {
    const reader = createTarReader(limits, () => true)
    expect(() => reader.push(archive)).toThrow(message)
    expect(reader.kept).toBeLessThan(1_000_000 + 1000)
  })
})

describe('GNU tar', () => {
  const long = `sys/${'d'.repeat(90)}/${'f'.repeat(90)}`
  let folder = ''

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vfio-reset-tar-'))
    mkdirSync(join(folder, 'sys', 'd'.repeat(90)), { recursive: true })
    writeFileSync(join(folder, long), 'long')
    writeFileSync(join(folder, 'sys/ü'), 'umlaut')
    symlinkSync(`${'../'.repeat(50)}sys/ü`, join(folder, 'sys/link'))
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(['gnu', 'oldgnu', 'pax'])('writes %s, and we read it', (format) => {
    const bytes = execFileSync('tar', ['-c', `--format=${format}`, '-C', folder, 'sys'])
    expect([...told(bytes)].sort()).toEqual(
      [
        'sys/',
        `sys/${'d'.repeat(90)}/`,
        `${long}: long`,
        'sys/ü: umlaut',
        `sys/link -> ${'../'.repeat(50)}sys/ü`,
      ].sort(),
    )
  })

  it('lists what we write', () => {
    const archive = Buffer.concat([
      ...writeTar([
        ['sys', null],
        [long, 'long'],
        ['sys/ü', 'umlaut'],
        ['sys/link', { link: `${'../'.repeat(50)}sys/ü` }],
      ]),
    ])
    const options = ['--quoting-style=literal', '-tvf', '-']
    const lines = execFileSync('tar', options, { input: archive, encoding: 'utf8' })
    expect(lines.trim().split('\n')).toEqual([
      expect.stringMatching(/^drwxr-xr-x 0\/0 .* sys\/$/),
      expect.stringMatching(new RegExp(`^-rw-r--r-- 0/0 +4 1970-01-01 .* ${long}$`)),
      expect.stringMatching(/^-rw-r--r-- 0\/0 +6 .* sys\/ü$/),
      expect.stringMatching(new RegExp(`^l.* sys/link -> ${'../'.repeat(50)}sys/ü$`)),
    ])
  })
})
