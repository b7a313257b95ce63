import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lspciTree } from '../../src/capture/lspci/lspci-text.js'
import { recordHost } from '../../src/capture/record/record-host.js'
import { type ArchiveEntry, writeTar } from '../../src/capture/record/write-tar.js'
import { redactRecording } from '../../src/capture/redact/redact-recording.js'
import { openUnpackedCapture } from '../../src/host/archive/archive-folder.js'
import { readCapture } from '../../src/host/archive/archive-tree.js'
import { openDirectoryTree } from '../../src/host/tree/directory-tree.js'
import { createMemoryTree } from '../../src/host/tree/memory-tree.js'
import { type HostTree, isFailure } from '../../src/host/tree/tree.js'
import { captured, chunks, documentOf, entriesOf, unpacked } from './captures.js'
import {
  applyChange,
  bytes,
  entry,
  HOST,
  layOut,
  mutated,
  path,
  target,
  text,
  word,
} from './fuzz-cases.js'

/** Cases a run; `FUZZ_COUNT` and `FUZZ_SEED` ask for more and for others. */
const COUNT = Number(process.env['FUZZ_COUNT'] ?? 50)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_122)

/** Longest that one case may take: a hang shows as a failed case. */
const CASE_MS = 20_000

/** Stands outside every tree; whoever can tell it has got out. */
const SECRET = 'what-stands-outside-of-the-tree'

const pseudonyms = (what: string, value: string) =>
  createHash('sha256').update(`${what}\0${value}`).digest('hex')

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

/** Everything that commands make of a tree, to its end; every fourth is unpacked and read again. */
async function exercise(tree: HostTree): Promise<void> {
  const document = await documentOf(tree)
  const { recording } = await recordHost(tree, { wake: false })
  const { recording: redacted } = redactRecording(recording, pseudonyms)
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
            made: fc.option(
              fc.array(fc.oneof(path, fc.constant('sys/bus/pci/slots/1/power')), { maxLength: 3 }),
              {
                nil: undefined,
              },
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
        const manifest = ['vfio-reset.json', '{"formatVersion":1}'] as const
        layOut(root, mutated(withManifest ? [...changes, manifest] : changes))
        const before = readdirSync(folder).length
        const tree = openUnpackedCapture(root) ?? openDirectoryTree({ root, live: false })
        if (!isFailure(tree)) await exercise(tree)
        expect(readdirSync(folder)).toHaveLength(before)
        rmSync(root, { recursive: true })
      }),
      { ...parameters, numRuns: Math.ceil(COUNT / 10) },
    )
  },
  ALL_MS,
)
