import type { MemoryEntry } from '../../host/tree/memory-tree.js'

/** What stands in an archive, by path. */
export type ArchiveEntry = readonly [path: string, entry: MemoryEntry]

const BLOCK = 512
const NAME_LENGTH = 100

/** Fields of a ustar header: offset and length (POSIX, ustar interchange format). */
const FIELDS = {
  name: 0,
  mode: 100,
  uid: 108,
  gid: 116,
  size: 124,
  time: 136,
  checksum: 148,
  type: 156,
  target: 157,
  magic: 257,
} as const

/**
 * A tar of the entries in the order given, piece by piece. It says nothing of when, where and by whom it was made: the same
 * entries give the same bytes.
 */
export function* writeTar(entries: Iterable<ArchiveEntry>): Generator<Uint8Array> {
  for (const [path, entry] of entries) yield* writeEntry(path, entry)
  yield new Uint8Array(2 * BLOCK)
}

function* writeEntry(path: string, entry: MemoryEntry): Generator<Uint8Array> {
  if (entry === null) return yield* writeHeader(`${path}/`, '5', 0)
  if (typeof entry !== 'string' && 'failure' in entry) return
  if (typeof entry !== 'string' && 'link' in entry)
    return yield* writeHeader(path, '2', 0, entry.link)
  const bytes = bytesOf(entry)
  yield* writeHeader(path, '0', bytes.length)
  yield* writeBody(bytes)
}

function bytesOf(
  entry: Exclude<MemoryEntry, null | { link: string } | { failure: object }>,
): Uint8Array {
  if (typeof entry === 'string') return Buffer.from(entry)
  return entry instanceof Uint8Array ? entry : entry.bytes
}

function* writeHeader(
  path: string,
  type: string,
  size: number,
  target = '',
): Generator<Uint8Array> {
  const long = longNames(path, target)
  if (long !== '') {
    const body = Buffer.from(long)
    yield header('PaxHeader', 'x', body.length, '')
    yield* writeBody(body)
  }
  yield header(path, type, size, target)
}

/** pax records of what does not fit into the header. */
function longNames(path: string, target: string): string {
  const record = (key: string, value: string) => (isLong(value) ? paxRecord(key, value) : '')
  return record('path', path) + record('linkpath', target)
}

function isLong(text: string): boolean {
  return Buffer.byteLength(text) > NAME_LENGTH
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const length = Buffer.byteLength(rest)
  const digits = `${length + `${length}`.length}`.length
  return `${length + digits}${rest}`
}

function header(path: string, type: string, size: number, target: string): Buffer {
  const block = Buffer.alloc(BLOCK)
  block.write(path, FIELDS.name, NAME_LENGTH)
  block.write(type === '5' ? '0000755\0' : '0000644\0', FIELDS.mode)
  block.write('0000000\0', FIELDS.uid)
  block.write('0000000\0', FIELDS.gid)
  block.write(`${size.toString(8).padStart(11, '0')}\0`, FIELDS.size)
  block.write('00000000000\0', FIELDS.time)
  block.write('        ', FIELDS.checksum)
  block.write(type, FIELDS.type)
  block.write(target, FIELDS.target, NAME_LENGTH)
  block.write('ustar\u000000', FIELDS.magic)
  let sum = 0
  for (let at = 0; at < BLOCK; at++) sum += block[at] ?? 0
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, FIELDS.checksum)
  return block
}

function* writeBody(bytes: Uint8Array): Generator<Uint8Array> {
  if (bytes.length === 0) return
  yield bytes
  const rest = bytes.length % BLOCK
  if (rest > 0) yield new Uint8Array(BLOCK - rest)
}
