import { closeSync, constants, createReadStream, fstatSync, openSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip, gunzipSync } from 'node:zlib'
import { attempt, failure, failureOf } from '../tree/failure.js'
import { type HostTree, isFailure, type ReadFailure, type TreeOrigin } from '../tree/tree.js'
import { watched, watchedChunks } from '../watch/watch.js'
import { ArchiveRefusal } from './archive-refusal.js'
import { isOfCapture, SOS_PHRASE, treeOfEntries } from './place-entries.js'
import { createTarReader, type TarLimits, type TarReader } from './tar.js'

/** Why a file is no capture: a phrase that goes on after "Cannot read the capture FILE:". */
export interface ArchiveError {
  readonly message: string
  readonly errno: string | null
}

/** Bytes as they come from a file or a pipe. */
export type Chunks = AsyncIterable<Uint8Array>

/** Bounds of a file that is read as a capture; a host of 65,536 functions stays well below them. */
const PACKED_LIMIT = 256 * 1024 * 1024
const UNPACKED_LIMIT = 2 * 1024 * 1024 * 1024
export const LIMITS: TarLimits = {
  entries: 2_000_000,
  pathLength: 1024,
  depth: 64,
  fileBytes: 64 * 1024 * 1024,
  keptBytes: 1280 * 1024 * 1024,
}

/**
 * What a few bytes may unpack to, and how much more for each further byte. Captures stay below 60; gzip can do 1,000, which only
 * happens on purpose.
 */
const FREE_BYTES = 64 * 1024 * 1024
const KEPT_PER_BYTE = 128

/** Text is taken for what `lspci` prints, and is far smaller. */
const TEXT_LIMIT = 64 * 1024 * 1024

/** Archives that other tools make, by their first bytes. */
const FOREIGN: readonly (readonly [name: string, magic: string])[] = [
  ['xz', 'fd377a585a00'],
  ['zstd', '28b52ffd'],
  ['bzip2', '425a68'],
  ['zip', '504b0304'],
]

/** What a file held that was given as a capture. */
export type CaptureContent =
  | { readonly kind: 'tree'; readonly tree: HostTree }
  /** No archive, but text: for whoever knows what it says. */
  | { readonly kind: 'text'; readonly text: string }

/** The tree in a file, which holds nothing but text only if it is none: that is an error here. */
export async function openArchiveTree({
  file,
  path,
}: {
  readonly file: string
  readonly path: string | null
}): Promise<HostTree | ArchiveError> {
  const content = await openCaptureFile(file, { kind: 'capture', path })
  if ('message' in content) return content
  return content.kind === 'tree' ? content.tree : archiveError('it is no tar archive')
}

/** What a file holds that was given as a capture. */
export async function openCaptureFile(
  file: string,
  source: TreeOrigin,
): Promise<CaptureContent | ArchiveError> {
  const descriptor = openRegular(file)
  if (isFailure(descriptor)) return archiveError(descriptor.detail, descriptor.errno)
  const small = readSmall(file, descriptor)
  if (isFailure(small)) return archiveError(small.detail, small.errno)
  if (small !== null) return captureIn(small, source)
  const chunks = createReadStream(file, { fd: descriptor, highWaterMark: 1 << 18 })
  const refuse = () => new ArchiveRefusal('it gives no answer')
  return readCapture(watchedChunks(file, chunks, refuse), source)
}

/** The same of a file that was read. */
export function captureIn(
  bytes: Uint8Array,
  source: TreeOrigin,
): Promise<CaptureContent | ArchiveError> {
  return readCapture(once(unpackSmall(bytes) ?? bytes), source)
}

/** Captures of common hosts are smaller: without streams and threads they take a third of the time. */
const SMALL = 1024 * 1024
const SMALL_UNPACKED = 32 * 1024 * 1024

/** All of a small file, which is closed; null: it is larger. */
function readSmall(file: string, descriptor: number): Uint8Array | ReadFailure | null {
  const { size } = fstatSync(descriptor)
  if (size > SMALL) return null
  return watched(file, () =>
    attempt(() => {
      try {
        return readFileSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
    }),
  )
}

/** What a small file unpacks to; null: it has to be done piece by piece, which also tells what is wrong with it. */
function unpackSmall(bytes: Uint8Array): Uint8Array | null {
  if (!isGzip(bytes)) return null
  const plain = attempt(() => gunzipSync(bytes, { maxOutputLength: SMALL_UNPACKED }))
  return isFailure(plain) || isGzip(plain) ? null : plain
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

async function* once(bytes: Uint8Array): Chunks {
  yield bytes
}

export function isArchiveError(result: object): result is ArchiveError {
  return 'message' in result
}

/**
 * What comes in pieces, compressed by gzip or not: a tar of `sys/…`, `proc/…`, `dev/…`, at most one folder deep, held in
 * memory within bounds whatever it claims to be; or text.
 */
export async function readCapture(
  chunks: Chunks,
  source: TreeOrigin,
): Promise<CaptureContent | ArchiveError> {
  try {
    const packed = meter(chunks, PACKED_LIMIT, 'it is larger than 256 MiB')
    const [first, all] = await peek(packed.chunks)
    const hex = Buffer.from(first.subarray(0, 8)).toString('hex')
    const foreign = FOREIGN.find(([, magic]) => hex.startsWith(magic))
    if (foreign !== undefined) return archiveError(foreignPhrase(foreign[0], source.path))
    return await readPlain(isGzip(first) ? unpack(all) : all, packed, source)
  } catch (error) {
    if (error instanceof ArchiveRefusal) return archiveError(error.message)
    const { detail, errno } = failureOf(error)
    const isDamaged = errno?.startsWith('Z_') === true || errno?.startsWith('ERR_') === true
    return isDamaged ? archiveError('its compressed data is damaged') : archiveError(detail, errno)
  }
}

function archiveError(message: string, errno: string | null = null): ArchiveError {
  return { message, errno }
}

/** `sos` makes its collections by xz, and they would be of no use unpacked either. */
function foreignPhrase(name: string, path: string | null): string {
  return path !== null && /sosreport/i.test(path)
    ? SOS_PHRASE
    : `it is compressed by ${name}: unpack it first`
}

async function readPlain(
  chunks: Chunks,
  packed: Meter,
  source: TreeOrigin,
): Promise<CaptureContent | ArchiveError> {
  const plain = meter(chunks, UNPACKED_LIMIT, 'it unpacks to more than 2 GiB')
  const [first, all] = await peek(plain.chunks)
  if (first.length === 0) return archiveError('it is empty')
  if (isText(first)) return { kind: 'text', text: await gatherText(all) }
  const reader = createTarReader(LIMITS, isOfCapture)
  await feed(reader, all, packed)
  const tree = treeOfEntries(reader.end(), source)
  return typeof tree === 'string' ? archiveError(tree) : { kind: 'tree', tree }
}

async function feed(reader: TarReader, chunks: Chunks, packed: Meter): Promise<void> {
  for await (const chunk of chunks) {
    reader.push(chunk)
    if (reader.kept > FREE_BYTES + KEPT_PER_BYTE * packed.bytes) {
      throw new ArchiveRefusal('it unpacks to far more than a capture of its size')
    }
    if (reader.isComplete) return
  }
}

/** A tar header has zeros within its first 512 bytes; text has none. */
function isText(bytes: Uint8Array): boolean {
  return !bytes.subarray(0, 512).includes(0)
}

async function gatherText(chunks: Chunks): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const chunk of meter(chunks, TEXT_LIMIT, 'it is text of more than 64 MiB').chunks) {
    pieces.push(chunk)
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** The first 512 bytes, or all there are, and everything from the beginning. */
async function peek(chunks: Chunks): Promise<[first: Uint8Array, all: Chunks]> {
  const iterator = chunks[Symbol.asyncIterator]()
  const pieces: Uint8Array[] = []
  let length = 0
  while (length < 512) {
    const { value, done } = await iterator.next()
    if (done === true) break
    pieces.push(value)
    length += value.length
  }
  async function* all() {
    try {
      yield* pieces
      yield* { [Symbol.asyncIterator]: () => iterator }
    } finally {
      await iterator.return?.()
    }
  }
  // A piece can be a whole archive.
  const first = pieces.map((piece) => piece.subarray(0, 512))
  return [Buffer.concat(first).subarray(0, 512), all()]
}

/** Chunks that are counted as they pass; more than the limit is refused. */
interface Meter {
  readonly chunks: Chunks
  readonly bytes: number
}

function meter(chunks: Chunks, limit: number, phrase: string): Meter {
  let bytes = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > limit) throw new ArchiveRefusal(phrase)
      yield chunk
    }
  }
  return {
    chunks: counted(),
    get bytes() {
      return bytes
    },
  }
}

/** Unpacks piece by piece, as fast as the pieces are taken: what nobody asks for is never unpacked. */
async function* unpack(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const packed = Readable.from(chunks, { objectMode: false })
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  packed.on('error', (error) => gunzip.destroy(error))
  try {
    yield* packed.pipe(gunzip)
  } finally {
    packed.destroy()
    gunzip.destroy()
  }
}

function openRegular(file: string): number | ReadFailure {
  return watched(file, () => attempt(() => regularFile(file)))
}

function regularFile(file: string): number | ReadFailure {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  if (fstatSync(descriptor).isFile()) return descriptor
  closeSync(descriptor)
  return failure('malformed', 'it is no regular file')
}
