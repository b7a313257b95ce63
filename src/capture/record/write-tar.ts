import { paxRecord } from '../../host/archive/tar-extension.js'
import { BLOCK, encodeHeader, type Header, NAME_BYTES } from '../../host/archive/tar-header.js'
import type { MemoryEntry } from '../../host/tree/memory-tree.js'

/** What stands in an archive, by path. */
export type ArchiveEntry = readonly [path: string, entry: MemoryEntry]

/**
 * A tar of the entries in the order given, piece by piece. It says nothing of when, where and by whom it was made: the same
 * entries give the same bytes.
 */
export function* writeTar(entries: Iterable<ArchiveEntry>): Generator<Uint8Array> {
  for (const [path, entry] of entries) yield* writeEntry(path, entry)
  yield new Uint8Array(2 * BLOCK)
}

function* writeEntry(path: string, entry: MemoryEntry): Generator<Uint8Array> {
  if (entry === null) yield* writeParts({ path: `${path}/`, type: '5' })
  else if (typeof entry === 'string')
    yield* writeParts({ path, type: '0', body: Buffer.from(entry) })
  else if (entry instanceof Uint8Array) yield* writeParts({ path, type: '0', body: entry })
  else if ('link' in entry) yield* writeParts({ path, type: '2', target: entry.link })
  else if ('bytes' in entry) yield* writeParts({ path, type: '0', body: entry.bytes })
}

interface Parts extends Pick<Header, 'path' | 'type'> {
  readonly target?: string
  readonly body?: Uint8Array
}

/** Header, body and padding; before them, in an entry of its own, what is too long for the header. */
function* writeParts({ path, type, target = '', body }: Parts): Generator<Uint8Array> {
  const long = longNames({ path, linkpath: target })
  if (long !== '') yield* writeParts({ path: 'PaxHeader', type: 'x', body: Buffer.from(long) })
  const size = body?.length ?? 0
  yield encodeHeader({ path, target, type, size })
  if (body === undefined || size === 0) return
  yield body
  const rest = size % BLOCK
  if (rest > 0) yield new Uint8Array(BLOCK - rest)
}

function longNames(names: Readonly<Record<string, string>>): string {
  return Object.entries(names)
    .filter(([, name]) => Buffer.byteLength(name) > NAME_BYTES)
    .map(([keyword, name]) => paxRecord(keyword, name))
    .join('')
}
