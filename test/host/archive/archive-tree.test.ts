import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isArchiveError, openArchiveTree } from '../../../src/host/archive/archive-tree.js'
import type { HostTree } from '../../../src/host/tree/tree.js'
import { entryBytes, paxRecordsOf, type RawEntry, rawTar } from '../../support/raw-tar.js'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-archive-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

async function open(bytes: Uint8Array): Promise<HostTree | string> {
  const file = join(folder, 'capture.tar.gz')
  writeFileSync(file, bytes)
  const tree = await openArchiveTree({ file, path: 'capture.tar.gz' })
  return isArchiveError(tree) ? tree.message : tree
}

async function tree(entries: readonly RawEntry[]): Promise<HostTree> {
  const opened = await open(gzipSync(rawTar(entries)))
  if (typeof opened === 'string') throw new Error(opened)
  return opened
}

function refusal(entries: readonly RawEntry[]): Promise<HostTree | string> {
  return open(gzipSync(rawTar([{ path: 'sys/name', content: 'x' }, ...entries])))
}

describe('a capture', () => {
  test('holds files, folders and links, compressed or not', async () => {
    const entries = [
      { path: 'sys/kernel/iommu_groups/', type: '5' },
      { path: 'sys/devices/name', content: 'one\n' },
      { path: 'sys/bus/link', type: '2', target: '../devices/name' },
    ]
    for (const bytes of [rawTar(entries), gzipSync(rawTar(entries))]) {
      const opened = await open(bytes)
      if (typeof opened === 'string') throw new Error(opened)
      expect(opened.origin).toEqual({ kind: 'capture', path: 'capture.tar.gz' })
      expect(opened.readText('sys/bus/link')).toBe('one')
      expect(opened.list('sys/kernel/iommu_groups')).toEqual([])
    }
  })

  test.each(['./', 'host/', './host/'])('may stand below %s', async (prefix) => {
    const opened = await tree([
      { path: prefix, type: '5' },
      { path: `${prefix}sys/name`, content: 'one\n' },
      { path: `${prefix}NOTES.md`, content: 'beside the tree' },
    ])
    expect(opened.readText('sys/name')).toBe('one')
    expect(opened.list('')).toEqual(['sys'])
  })

  test('may hold long names, of pax and of GNU', async () => {
    const long = `sys/${'d'.repeat(120)}/name`
    const pax = await tree([
      { path: 'PaxHeader', type: 'x', content: paxRecordsOf({ path: long }) },
      { path: 'sys/short', content: 'one\n' },
      {
        path: 'PaxHeader',
        type: 'x',
        content: paxRecordsOf({ linkpath: `${'d'.repeat(120)}/name` }),
      },
      { path: 'sys/link', type: '2', target: 'cut' },
    ])
    expect(pax.readText(long)).toBe('one')
    expect(pax.readText('sys/link')).toBe('one')
    const gnu = await tree([
      { path: '././@LongLink', type: 'L', content: `${long}\0` },
      { path: 'sys/short', content: 'one\n' },
      { path: '././@LongLink', type: 'K', content: `${'d'.repeat(120)}/name\0` },
      { path: 'sys/link', type: '2', target: 'cut' },
    ])
    expect(gnu.readText('sys/link')).toBe('one')
  })

  test('has no links that lead out', async () => {
    const opened = await tree([
      { path: 'sys/out', type: '2', target: '../../etc/passwd' },
      { path: 'sys/absolute', type: '2', target: '/etc/passwd' },
    ])
    expect(opened.readText('sys/out')).toMatchObject({ why: 'malformed' })
    expect(opened.readText('sys/absolute')).toMatchObject({ errno: 'ENOENT' })
  })
})

describe('what is refused', () => {
  test.each([
    ['a hard link', { path: 'sys/hard', type: '1', target: 'sys/name' }, /type "1"/],
    ['a device', { path: 'sys/device', type: '3' }, /type "3"/],
    ['a FIFO', { path: 'sys/fifo', type: '6' }, /type "6"/],
    ['dots', { path: 'sys/../../name' }, /leads out of it/],
    ['an absolute path', { path: '/sys/other' }, /leads out of it/],
    ['a path twice', { path: 'sys/name' }, /"sys\/name" twice/],
    ['a folder where a file is', { path: 'sys/name/', type: '5' }, /"sys\/name" twice/],
    ['a file below a file', { path: 'sys/name/below' }, /"sys\/name\/below" below something/],
    ['a long path', { path: 'x', type: 'L', content: `sys/${'a'.repeat(5000)}` }, /too long/],
  ])('%s', async (_, entry, message) => {
    expect(await refusal([entry, { path: 'sys/last' }])).toMatch(message)
  })

  test('a file below a link', async () => {
    expect(
      await refusal([
        { path: 'sys/link', type: '2', target: '/etc' },
        { path: 'sys/link/below', content: 'x' },
      ]),
    ).toMatch(/below something that is no folder/)
  })

  test('what is no archive, or half of one', async () => {
    const whole = rawTar([{ path: 'sys/name', content: 'x'.repeat(2000) }])
    expect(await open(Buffer.alloc(0))).toBe('it is empty')
    expect(await open(Buffer.from('no archive at all'))).toBe('it is no tar archive')
    expect(await open(Buffer.concat([Buffer.alloc(511, 0x41), Buffer.alloc(600)]))).toBe(
      'it is no tar archive',
    )
    expect(await open(whole.subarray(0, 1024))).toBe('it ends in the middle of an entry')
    expect(await open(whole.subarray(0, 512 + 2048))).toBe('it ends without an end mark')
    expect(await open(gzipSync(whole).subarray(0, 60))).toBe('its compressed data is damaged')
    expect(await open(Buffer.concat([gzipSync(whole).subarray(0, 40), Buffer.alloc(99, 7)]))).toBe(
      'its compressed data is damaged',
    )
    expect(await open(rawTar([]))).toMatch(/holds no sys\//)
    expect(await open(rawTar([{ path: 'README' }]))).toMatch(/holds no sys\//)
  })

  test('what is no file', async () => {
    expect(await openArchiveTree({ file: folder, path: null })).toMatchObject({
      message: 'it is no regular file',
    })
    expect(await openArchiveTree({ file: join(folder, 'none'), path: null })).toMatchObject({
      errno: 'ENOENT',
    })
  })

  test.each([
    ['xz', 'fd377a585a000004', /compressed by xz/],
    ['zstd', '28b52ffd04', /compressed by zstd/],
  ])('what %s has packed', async (_, magic, message) => {
    expect(await open(Buffer.from(magic.padEnd(64, '0'), 'hex'))).toMatch(message)
  })

  test('a sosreport', async () => {
    const sos = rawTar([
      { path: 'sosreport-x/sos_commands/pci/lspci_-nnvv', content: 'x' },
      { path: 'sosreport-x/version.txt', content: 'x' },
    ])
    expect(await open(gzipSync(sos))).toMatch(/^it is a sosreport, .*neither config space/)
  })
})

describe('what would not fit into memory', () => {
  const bomb = (header: Buffer) => gzipSync(Buffer.concat([header, Buffer.alloc(64 * 1024 * 1024)]))

  test('is not unpacked: a file that claims gigabytes', async () => {
    const large = entryBytes({ path: 'sys/large', size: '77777777777\0' })
    expect(await open(bomb(large))).toBe('it holds a file of more than 67108864 bytes')
  })

  test('is not read further than the end mark', async () => {
    expect(await open(bomb(Buffer.alloc(1024)))).toMatch(/holds no sys\//)
  })

  test('a path of too many folders', async () => {
    expect(
      await refusal([
        { path: 'x', type: 'L', content: `sys/${'a/'.repeat(100)}x` },
        { path: 'sys/y' },
      ]),
    ).toMatch(/too deep/)
  })
})

describe('the manifest', () => {
  const manifest = (content: string) => refusal([{ path: 'vfio-reset.json', content }])
  const record = (more: object) =>
    JSON.stringify({
      formatVersion: 1,
      record: { rules: 'live', listed: [], failed: [], sizes: [], ...more },
    })

  test.each([
    ['{', /is no JSON/],
    ['[]', /is malformed/],
    ['{}', /names no format version/],
    ['{"formatVersion": 2}', /of format version 2, and this release reads version 1/],
    [record({ rules: 'root' }), /is malformed/],
    [record({ listed: [{ names: [1], folders: [] }] }), /is malformed/],
    [record({ failed: [{ why: 'absent', errno: 'x', detail: '', paths: [] }] }), /is malformed/],
    [record({ sizes: [{ size: -1, files: [] }] }), /is malformed/],
    [record({ made: [1] }), /is malformed/],
  ])('%s', async (content, message) => {
    expect(await manifest(content)).toMatch(message)
  })

  test('twice', async () => {
    const twice = await refusal([
      { path: 'vfio-reset.json', content: record({}) },
      { path: 'vfio-reset.json', content: record({}) },
    ])
    expect(twice).toBe('it holds "vfio-reset.json" twice')
  })

  test('a record decides what a missing file means', async () => {
    const listed = [{ names: ['later'], folders: ['sys/class'] }]
    const tree = await manifest(record({ listed }))
    if (typeof tree === 'string') throw new Error(tree)
    expect(tree.origin.kind).toBe('live')
    expect(tree.source).toEqual({ kind: 'capture', path: 'capture.tar.gz' })
    expect(tree.readText('sys/class/none')).toMatchObject({ why: 'absent' })
    expect(tree.readText('sys/class/later')).toMatchObject({ why: 'not-captured' })
    expect(tree.readText('proc/version')).toMatchObject({ why: 'not-captured' })
  })
})
