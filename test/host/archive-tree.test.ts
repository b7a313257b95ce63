import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isArchiveError, openArchiveTree } from '../../src/host/archive-tree.js'
import type { HostTree } from '../../src/host/tree.js'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-archive-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

interface Entry {
  readonly path: string
  /** tar's type flag; `0`, a file, unless told. */
  readonly type?: string
  readonly content?: string
  readonly target?: string
}

const END = Buffer.alloc(1024)

function tar(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.map(encode), END])
}

function encode({ path, type = '0', content = '', target = '' }: Entry): Buffer {
  const header = Buffer.alloc(512)
  header.write(path, 0, 100)
  header.write('0000644\0', 100)
  header.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124)
  header.write(' '.repeat(8), 148)
  header.write(type, 156)
  header.write(target, 157, 100)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const body = Buffer.from(content)
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)])
}

function open(bytes: Uint8Array): HostTree | string {
  const file = join(folder, 'capture.tar.gz')
  writeFileSync(file, bytes)
  const tree = openArchiveTree({ file, path: 'capture.tar.gz' })
  return isArchiveError(tree) ? tree.message : tree
}

function tree(entries: readonly Entry[]): HostTree {
  const opened = open(gzipSync(tar(entries)))
  if (typeof opened === 'string') throw new Error(opened)
  return opened
}

function refusal(entries: readonly Entry[]): HostTree | string {
  return open(gzipSync(tar([{ path: 'sys/name', content: 'x' }, ...entries])))
}

describe('a capture', () => {
  test('holds files, folders and links, compressed or not', () => {
    const entries = [
      { path: 'sys/kernel/iommu_groups/', type: '5' },
      { path: 'sys/devices/name', content: 'one\n' },
      { path: 'sys/bus/link', type: '2', target: '../devices/name' },
    ]
    for (const bytes of [tar(entries), gzipSync(tar(entries))]) {
      const opened = open(bytes)
      if (typeof opened === 'string') throw new Error(opened)
      expect(opened.origin).toEqual({ kind: 'capture', path: 'capture.tar.gz' })
      expect(opened.readText('sys/bus/link')).toBe('one')
      expect(opened.list('sys/kernel/iommu_groups')).toEqual([])
    }
  })

  test.each(['./', 'host/', './host/'])('may stand below %s', (prefix) => {
    const opened = tree([
      { path: prefix, type: '5' },
      { path: `${prefix}sys/name`, content: 'one\n' },
      { path: `${prefix}NOTES.md`, content: 'beside the tree' },
    ])
    expect(opened.readText('sys/name')).toBe('one')
    expect(opened.list('')).toEqual(['sys'])
  })

  test('may hold long names, of pax and of GNU', () => {
    const long = `sys/${'d'.repeat(120)}/name`
    const record = (key: string, value: string) => {
      const rest = ` ${key}=${value}\n`
      return `${rest.length + 3}${rest}`
    }
    const pax = tree([
      { path: 'PaxHeader', type: 'x', content: record('path', long) },
      { path: 'sys/short', content: 'one\n' },
      { path: 'PaxHeader', type: 'x', content: record('linkpath', `${'d'.repeat(120)}/name`) },
      { path: 'sys/link', type: '2', target: 'cut' },
    ])
    expect(pax.readText(long)).toBe('one')
    expect(pax.readText('sys/link')).toBe('one')
    const gnu = tree([
      { path: '././@LongLink', type: 'L', content: `${long}\0` },
      { path: 'sys/short', content: 'one\n' },
      { path: '././@LongLink', type: 'K', content: `${'d'.repeat(120)}/name\0` },
      { path: 'sys/link', type: '2', target: 'cut' },
    ])
    expect(gnu.readText('sys/link')).toBe('one')
  })

  test('has no links that lead out', () => {
    const opened = tree([
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
  ])('%s', (_, entry, message) => {
    expect(refusal([entry, { path: 'sys/last' }])).toMatch(message)
  })

  test('a file below a link', () => {
    expect(
      refusal([
        { path: 'sys/link', type: '2', target: '/etc' },
        { path: 'sys/link/below', content: 'x' },
      ]),
    ).toMatch(/below something that is no folder/)
  })

  test('what is no archive, or half of one', () => {
    const whole = tar([{ path: 'sys/name', content: 'x'.repeat(2000) }])
    expect(open(Buffer.alloc(0))).toEqual(expect.any(String))
    expect(open(Buffer.from('no archive at all'))).toEqual(expect.any(String))
    expect(open(Buffer.alloc(2048, 0x41))).toBe('it is no tar archive')
    expect(open(whole.subarray(0, 1024))).toBe('it ends in the middle of an entry')
    expect(open(whole.subarray(0, 512 + 2048))).toBe('it ends without an end mark')
    expect(open(gzipSync(whole).subarray(0, 60))).toBe('its compressed data is damaged')
    expect(open(tar([]))).toEqual(expect.any(String))
    expect(open(tar([{ path: 'README' }]))).toBe('it holds no sys/, so it is no capture of a host')
  })

  test('what is no file', () => {
    expect(openArchiveTree({ file: folder, path: null })).toMatchObject({
      message: expect.any(String),
    })
    expect(openArchiveTree({ file: join(folder, 'none'), path: null })).toMatchObject({
      errno: 'ENOENT',
    })
  })
})
