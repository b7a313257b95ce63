/** One entry of a tar archive; directories, files and symbolic links are all that a capture holds. */
export type TarEntry =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }

/** Bounds within which an archive is read at all. */
export interface TarLimits {
  readonly entries: number
  readonly pathLength: number
}

const BLOCK = 512

/** POSIX ustar type flags; `x` and `L`, `K` carry a long path or target for the entry after them (pax, GNU). */
const LONG_PATH = 'L'
const LONG_TARGET = 'K'
const PAX = 'x'
const PAX_GLOBAL = 'g'

/** Reads a plain tar. A string is the sentence that says what is wrong with it. */
export function readTar(bytes: Uint8Array, limits: TarLimits): readonly TarEntry[] | string {
  const entries: TarEntry[] = []
  let long: LongNames = {}
  for (const record of records(bytes)) {
    if (typeof record === 'string') return record
    const names = longNames(record.header.type, record.body)
    if (names !== null) {
      long = { ...long, ...names }
      continue
    }
    const entry = entryOf({ ...record.header, ...long }, record.body)
    if (typeof entry === 'string') return entry
    if (entry.path.length > limits.pathLength) return 'it holds a path that is too long'
    if (entries.push(entry) > limits.entries) return `it holds more than ${limits.entries} entries`
    long = {}
  }
  return entries
}

/** Headers with their bodies up to the end mark, or the sentence that ends them. */
function* records(
  bytes: Uint8Array,
): Generator<{ readonly header: Header; readonly body: Uint8Array } | string> {
  for (let offset = 0; offset + BLOCK <= bytes.length; ) {
    const block = bytes.subarray(offset, offset + BLOCK)
    if (block.every((byte) => byte === 0)) return
    const header = parseHeader(block)
    if (typeof header === 'string') return yield header
    const body = bytes.subarray(offset + BLOCK, offset + BLOCK + header.size)
    if (body.length < header.size) return yield 'it ends in the middle of an entry'
    yield { header, body }
    offset += BLOCK + Math.ceil(header.size / BLOCK) * BLOCK
  }
  yield 'it ends without an end mark'
}

interface Header {
  readonly path: string
  readonly target: string
  readonly type: string
  readonly size: number
}

interface LongNames {
  readonly path?: string
  readonly target?: string
}

function parseHeader(header: Uint8Array): Header | string {
  const size = octal(header, 124, 12)
  const checksum = octal(header, 148, 8)
  if (size === undefined || checksum !== sumOf(header)) return 'it is no tar archive'
  const prefix = isUstar(header) ? text(header, 345, 155) : ''
  const name = text(header, 0, 100)
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    target: text(header, 157, 100),
    type: String.fromCharCode(header[156] ?? 0),
    size,
  }
}

function entryOf({ path, target, type }: Header, bytes: Uint8Array): TarEntry | string {
  switch (type) {
    case '0':
    case '\0':
      return { kind: 'file', path, bytes }
    case '5':
      return { kind: 'folder', path }
    case '2':
      return { kind: 'link', path, target }
    default:
      return `it holds an entry of type "${type}", which a capture never has`
  }
}

/** The path and target that a header of its own gives to the next entry; null: an ordinary entry. */
function longNames(type: string, body: Uint8Array): LongNames | null {
  if (type === LONG_PATH) return { path: text(body, 0, body.length) }
  if (type === LONG_TARGET) return { target: text(body, 0, body.length) }
  if (type === PAX_GLOBAL) return {}
  return type === PAX ? paxNames(new TextDecoder().decode(body)) : null
}

/** pax records are `LENGTH KEY=VALUE\n`; only two keys matter here. */
function paxNames(records: string): LongNames {
  const path = /^\d+ path=(.*)$/m.exec(records)?.[1]
  const target = /^\d+ linkpath=(.*)$/m.exec(records)?.[1]
  return { ...(path === undefined ? {} : { path }), ...(target === undefined ? {} : { target }) }
}

function isUstar(header: Uint8Array): boolean {
  return text(header, 257, 5) === 'ustar'
}

/** The sum of all bytes with the checksum's own field taken as blanks. */
function sumOf(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0)
}

function octal(bytes: Uint8Array, offset: number, length: number): number | undefined {
  const digits = text(bytes, offset, length).trim()
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

function text(bytes: Uint8Array, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length)
  const end = field.indexOf(0)
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
}
