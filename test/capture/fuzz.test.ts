import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lspciTree } from '../../src/capture/lspci-text.js'
import { recordHost } from '../../src/capture/record-host.js'
import { redactRecording } from '../../src/capture/redact-recording.js'
import { type ArchiveEntry, writeTar } from '../../src/capture/write-tar.js'
import { openUnpackedCapture } from '../../src/host/archive-folder.js'
import { readCapture } from '../../src/host/archive-tree.js'
import { openDirectoryTree } from '../../src/host/directory-tree.js'
import { createMemoryTree, type MemoryEntry } from '../../src/host/memory-tree.js'
import { type HostTree, isFailure } from '../../src/host/tree.js'
import { ACS_OK, endpoint, rootPort, virtualFunction } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import type { HostFiles } from '../support/host-files.js'
import { captured, chunks, documentOf, entriesOf, unpacked } from './captures.js'

/** Cases a run; `scripts/fuzz.mjs` asks for many, with a seed of its own. */
const COUNT = Number(process.env['FUZZ_COUNT'] ?? 100)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_122)

/** Longest that one case may take: a hang shows as a failed case. */
const CASE_MS = 20_000

/** Stands outside every tree; whoever can tell it has got out. */
const SECRET = 'what-stands-outside-of-the-tree'

const pseudonyms = (what: string, value: string) =>
  createHash('sha256').update(`${what}\0${value}`).digest('hex')

const HOST = buildHost({
  functions: [
    rootPort('0000:00:01.0', {
      secondary: '01',
      group: 1,
      acs: ACS_OK,
      pciehp: true,
      slot: { hotplug: true, number: 3 },
    }),
    endpoint('0000:01:00.0', { id: '10de:2204', class: 0x030000, driver: 'vfio-pci', group: 2 }),
    endpoint('0000:01:00.1', { id: '10de:1aef', driver: 'snd_hda_intel', group: 2 }),
    rootPort('0000:00:02.0', { secondary: '02', group: 3 }),
    endpoint('0000:02:00.0', { id: '8086:1533', driver: 'igb', group: 4 }),
    virtualFunction('0000:02:10.0', { vf: { pf: '0000:02:00.0', index: 0 }, group: 5 }),
  ],
  holders: [{ pid: 7, command: 'qemu', fd: 3, target: '/dev/vfio/2' }],
})

let folder = ''
let archive: Buffer
let entries: readonly ArchiveEntry[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-reset-fuzz-'))
  writeFileSync(join(folder, 'secret'), SECRET)
  entries = await captured(createMemoryTree(Object.entries(HOST), { kind: 'live', path: null }))
  archive = Buffer.concat([...writeTar(entries)])
})

afterAll(() => rmSync(folder, { recursive: true }))

const parameters = { numRuns: COUNT, seed: SEED, timeout: CASE_MS, endOnFailure: true } as const

/** Longest that all cases of one kind may take, on a machine that has other things to do. */
const ALL_MS = 60_000 + 200 * COUNT

/** Where hostile archives and trees point. */
const word = fc.constantFrom(
  'sys',
  'proc',
  'dev',
  '..',
  '.',
  '',
  'bus',
  'pci',
  'devices',
  'pci0000:00',
  '0000:00:01.0',
  '0000:01:00.0',
  '0000:01:00.1',
  'config',
  'uevent',
  'driver',
  'iommu_group',
  'kernel',
  'iommu_groups',
  '2',
  'physfn',
  'virtfn0',
  'slots',
  'address',
  'self',
  'mountinfo',
  'vfio-reset.json',
  'commands',
  'secret',
  'class',
  'net',
  'vfio',
  'ö',
  '\u202e',
  'a'.repeat(300),
)
const path = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join('/')),
  fc.constantFrom(...Object.keys(HOST)),
)
const target = fc.oneof(
  path,
  path.map((text) => `/${text}`),
  fc
    .array(fc.constant('..'), { minLength: 1, maxLength: 12 })
    .map((ups) => `${ups.join('/')}/secret`),
)
const bytes = fc.uint8Array({ maxLength: 300 })
const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.constantFrom(
    '',
    'Y',
    '-1',
    '0x',
    'PCI_ID=ZZ',
    '\u0000',
    '0000:01:00',
    '9'.repeat(400),
    '{"formatVersion":1}',
  ),
)

/** What replaces an entry of a tree. */
const entry: fc.Arbitrary<MemoryEntry> = fc.oneof(
  bytes,
  text,
  target.map((link) => ({ link })),
  fc.record({ bytes, size: fc.constantFrom(0, 64, 256, 4096) }),
  fc.constantFrom('EACCES', 'EIO', 'ELOOP', 'ENODEV').map((errno) => ({
    failure: { why: 'failed' as const, errno, detail: errno },
  })),
)

/** Everything that commands make of a tree, to its end; every fourth is unpacked and read again. */
async function exercise(tree: HostTree): Promise<void> {
  const document = await documentOf(tree)
  const { recording } = await recordHost(tree, { wake: false })
  const { recording: redacted } = redactRecording(recording, { pseudonyms, hostNames: ['walrus'] })
  const packed = Buffer.concat([...writeTar(entriesOf(redacted))])
  expect(document.includes(SECRET) || packed.includes(SECRET)).toBe(false)
  exercised += 1
  // Where not even a folder of a host was there, there is nothing to unpack.
  if (exercised % 4 !== 0 || recording.entries.size === 0) return
  expectSame(await documentOf(await unpacked(entriesOf(recording))), document)
}

let exercised = 0

/** Reports are long: only where they begin to differ is told. */
function expectSame(actual: string, expected: string): void {
  let at = 0
  while (at < expected.length && actual[at] === expected[at]) at += 1
  const around = (text: string) => text.slice(Math.max(0, at - 200), at + 200)
  expect(around(actual)).toBe(around(expected))
}

async function open(archived: Uint8Array): Promise<HostTree | null> {
  const content = await readCapture(chunks([archived]), { kind: 'capture', path: 'x' })
  return 'message' in content || content.kind === 'text' ? null : content.tree
}

/** The tree with some of its entries replaced; one that stands below a file or link now is left out. */
function mutated(changes: readonly (readonly [string, MemoryEntry])[]): HostFiles {
  const files: HostFiles = { ...HOST }
  for (const [at, value] of changes) {
    const clean = at
      .split('/')
      .filter((part) => part !== '' && part !== '.' && part !== '..')
      .join('/')
    if (clean !== '') files[clean] = value
  }
  const isFolder = (at: string) => files[at] === undefined || files[at] === null
  const kept = Object.entries(files).filter(([at]) => parents(at).every(isFolder))
  const folders = new Set(kept.flatMap(([at]) => parents(at)))
  return Object.fromEntries(kept.filter(([at, value]) => value === null || !folders.has(at)))
}

function parents(at: string): readonly string[] {
  const parts = at.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

test(
  'archives with mutated bytes',
  async () => {
    const change = fc.record({
      at: fc.nat(),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }),
      how: fc.constantFrom('set', 'cut', 'double', 'checksum'),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (changes, packed) => {
          const plain = changes.reduce<Buffer>(applyChange, Buffer.from(archive))
          const damaged = packed ? Buffer.from(gzipSync(plain, { level: 1 })) : plain
          const last = changes[0]
          const final =
            packed && last?.how === 'cut' ? damaged.subarray(0, last.at % damaged.length) : damaged
          const tree = await open(final)
          if (tree !== null) await exercise(tree)
        },
      ),
      parameters,
    )
  },
  ALL_MS,
)

function applyChange(
  all: Buffer,
  { at, bytes: with_, how }: { at: number; bytes: Uint8Array; how: string },
): Buffer {
  const place = at % Math.max(1, all.length)
  if (how === 'cut') return at % 5 === 0 ? all.subarray(0, place) : all
  if (how === 'double') {
    const block = place - (place % 512)
    return Buffer.concat([all.subarray(0, block + 512), all.subarray(block)])
  }
  const copy = Buffer.from(all)
  copy.set(with_.subarray(0, copy.length - place), place)
  // A header whose sum is right again gets further.
  if (how === 'checksum') fixChecksum(copy, place - (place % 512))
  return copy
}

function fixChecksum(all: Buffer, at: number): void {
  if (at + 512 > all.length || all.toString('latin1', at + 257, at + 262) !== 'ustar') return
  all.write('        ', at + 148)
  const sum = all.subarray(at, at + 512).reduce((total, byte) => total + byte, 0)
  all.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148)
}

test(
  'archives of any entries',
  async () => {
    const listed = fc.record({
      names: fc.array(word, { maxLength: 5 }),
      folders: fc.array(path, { maxLength: 5 }),
    })
    const failed = fc.record({
      why: fc.constantFrom('denied', 'absent', 'timeout', 'strange'),
      errno: fc.constantFrom(null, 'EACCES', 'ENOENT', 'x'),
      detail: fc.string({ maxLength: 20 }),
      paths: fc.array(path, { maxLength: 5 }),
    })
    const manifest = fc
      .record({
        formatVersion: fc.constantFrom(1, 1, 1, 2, 'one'),
        record: fc.option(
          fc.record({
            rules: fc.constantFrom('live', 'directory', 'capture', 'none'),
            listed: fc.array(listed, { maxLength: 6 }),
            failed: fc.array(failed, { maxLength: 6 }),
            sizes: fc.array(
              fc.record({
                size: fc.constantFrom(64, 256, 4096),
                files: fc.array(path, { maxLength: 3 }),
              }),
              { maxLength: 3 },
            ),
          }),
          { nil: undefined },
        ),
      })
      .map((value) => JSON.stringify(value))
    const keep = fc.array(fc.nat(), { maxLength: 80 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(path, entry), { maxLength: 12 }),
        manifest,
        keep,
        async (more, said, kept) => {
          const own = kept
            .flatMap((index) => [entries[1 + (index % (entries.length - 1))] ?? []])
            .filter((each) => each.length > 0)
          const chosen = [...new Set(own)] as readonly ArchiveEntry[]
          const tree = await open(
            Buffer.concat([...writeTar([['vfio-reset.json', said], ...chosen, ...more])]),
          )
          if (tree !== null) await exercise(tree)
        },
      ),
      parameters,
    )
  },
  ALL_MS,
)

test(
  'trees with mutated bytes, links and names',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(path, entry), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('live' as const, 'directory' as const, 'capture' as const),
        async (changes, kind) => {
          const origin = { kind, path: kind === 'live' ? null : 'x' }
          await exercise(createMemoryTree(Object.entries(mutated(changes)), origin))
        },
      ),
      parameters,
    )
  },
  ALL_MS,
)

test(
  'what is taken for the output of lspci',
  async () => {
    const line = fc.oneof(
      fc.constantFrom(
        '00:00.0 Host bridge: x',
        '00:01.0 PCI bridge: y',
        '01:00.0 VGA: z',
        '0001:ff:1f.7 X: y',
        '00:01.0 again',
      ),
      fc.tuple(fc.nat({ max: 255 }), bytes).map(([at, values]) => {
        const digits = [...Buffer.alloc(16).fill(at % 3), ...values].slice(-16)
        return `${(at * 16).toString(16).padStart(2, '0')}: ${digits.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`
      }),
      fc.string({ maxLength: 40 }),
    )
    const header = fc
      .tuple(
        fc.constantFrom('00:00.0', '00:01.0', '01:00.0', '02:03.4'),
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
      )
      .map(([at, values]) => {
        const rows = [0, 16, 32, 48].map(
          (row) =>
            `${row.toString(16).padStart(2, '0')}: ${[...values.slice(row, row + 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`,
        )
        return [`${at} Something`, ...rows].join('\n')
      })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(line, header), { maxLength: 30 }), async (lines) => {
        const tree = lspciTree(lines.join('\n'), { kind: 'capture', path: 'x' })
        if (typeof tree !== 'string') await exercise(tree)
      }),
      parameters,
    )
  },
  ALL_MS,
)

test(
  'folders with links that lead out',
  async () => {
    const files = fc.array(
      fc.tuple(
        path,
        fc.oneof(
          bytes,
          text,
          target.map((link) => ({ link })),
        ),
      ),
      { minLength: 1, maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(files, fc.boolean(), async (changes, withManifest) => {
        const root = mkdtempSync(join(folder, 'root-'))
        layOut(root, {
          ...(withManifest ? { 'vfio-reset.json': '{"formatVersion":1}' } : {}),
          ...mutated(changes),
        })
        const before = readdirSync(folder).length
        const tree =
          openUnpackedCapture(root) ?? openDirectoryTree({ root, live: false, thread: null })
        if (!isFailure(tree)) await exercise(tree)
        expect(readdirSync(folder)).toHaveLength(before)
        rmSync(root, { recursive: true })
      }),
      { ...parameters, numRuns: Math.ceil(COUNT / 10) },
    )
  },
  ALL_MS,
)

function layOut(root: string, files: HostFiles): void {
  for (const [at, value] of Object.entries(files)) {
    const place = join(root, at)
    if (at.length > 200) continue
    mkdirSync(value === null ? place : dirname(place), { recursive: true })
    if (value === null || typeof value === 'number') continue
    if (typeof value === 'string' || value instanceof Uint8Array) writeFileSync(place, value)
    else if ('link' in value && !value.link.includes('\0') && value.link !== '')
      symlinkSync(value.link, place)
    else if ('bytes' in value) writeFileSync(place, value.bytes)
  }
}
