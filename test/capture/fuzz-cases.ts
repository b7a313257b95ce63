import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import type { MemoryEntry } from '../../src/host/tree/memory-tree.js'
import { ACS_OK, endpoint, rootPort, virtualFunction } from '../support/functions.js'
import { buildHost } from '../support/host-builder.js'
import type { HostFiles } from '../support/host-files.js'

/** The host that everything is made from. */
export const HOST = buildHost({
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

/** Where hostile archives and trees point. */
export const word = fc.constantFrom(
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
export const path = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join('/')),
  fc.constantFrom(...Object.keys(HOST)),
)
export const target = fc.oneof(
  path,
  path.map((text) => `/${text}`),
  fc
    .array(fc.constant('..'), { minLength: 1, maxLength: 12 })
    .map((ups) => `${ups.join('/')}/secret`),
)
export const bytes = fc.uint8Array({ maxLength: 300 })
export const text = fc.oneof(
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
export const entry: fc.Arbitrary<MemoryEntry> = fc.oneof(
  bytes,
  text,
  target.map((link) => ({ link })),
  fc.record({ bytes, size: fc.constantFrom(0, 64, 256, 4096) }),
  fc.constantFrom('EACCES', 'EIO', 'ELOOP', 'ENODEV').map((errno) => ({
    failure: { why: 'failed' as const, errno, detail: errno },
  })),
)

/** The tree with some of its entries replaced; one that stands below a file or link now is left out. */
export function mutated(changes: readonly (readonly [string, MemoryEntry])[]): HostFiles {
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

/** One change of the bytes of an archive. */
export function applyChange(
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

/** Writes a tree into a folder. */
export function layOut(root: string, files: HostFiles): void {
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
