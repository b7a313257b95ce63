/** Size of the blocks that an archive is made of: headers, and what bodies are padded to. */
export const BLOCK = 512

/** POSIX ustar type flags; `x` and `L`, `K` carry a long path or target for the entry after them (pax, GNU). */
const LONG_PATH = 'L'
const LONG_TARGET = 'K'
const PAX = 'x'
const PAX_GLOBAL = 'g'
/** Types of such entries. */
export const NAME_TYPES: ReadonlySet<string> = new Set([LONG_PATH, LONG_TARGET, PAX, PAX_GLOBAL])

/** What a header says of the entry behind it. */
export interface Header {
  readonly path: string
  readonly target: string
  readonly type: string
  readonly size: number
}

/** Names that stand in an entry of their own, before the one that they are for. */
export interface LongNames {
  readonly path?: string
  readonly target?: string
}

/** Ends an archive, twice. */
export const NO_HEADER = Buffer.alloc(BLOCK)

/** A string is the phrase that says what is wrong. */
export function parseHeader(header: Buffer): Header | string {
  const size = octal(header, 124, 12)
  const checksum = octal(header, 148, 8)
  if (size === undefined || checksum !== sumOf(header)) return 'it is no tar archive'
  const prefix = isUstar(header) ? text(header, 345, 155) : ''
  const name = text(header, 0, 100)
  const type = String.fromCharCode(header[156] ?? 0)
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    target: text(header, 157, 100),
    type,
    // Folders and links have no body, whatever their header says (POSIX, ustar interchange format).
    size: type === '5' || type === '2' ? 0 : size,
  }
}

/** The path and target that a header of its own gives to the next entry. */
export function longNames(type: string, bytes: Uint8Array): LongNames {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (type === LONG_PATH) return { path: text(body, 0, body.length) }
  if (type === LONG_TARGET) return { target: text(body, 0, body.length) }
  return type === PAX ? paxNames(body.toString('utf8')) : {}
}

/** pax records are `LENGTH KEY=VALUE\n`; only two keys matter here. */
function paxNames(records: string): LongNames {
  const path = /^\d+ path=(.*)$/m.exec(records)?.[1]
  const target = /^\d+ linkpath=(.*)$/m.exec(records)?.[1]
  return { ...(path === undefined ? {} : { path }), ...(target === undefined ? {} : { target }) }
}

function isUstar(header: Buffer): boolean {
  return header.toString('latin1', 257, 262) === 'ustar'
}

/** The sum of all bytes with the checksum's own field taken as blanks. */
function sumOf(header: Buffer): number {
  let sum = 8 * 0x20
  for (let at = 0; at < 148; at++) sum += header[at] ?? 0
  for (let at = 156; at < BLOCK; at++) sum += header[at] ?? 0
  return sum
}

function octal(header: Buffer, offset: number, length: number): number | undefined {
  const digits = text(header, offset, length).trim()
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** Up to the first zero. */
function text(bytes: Buffer, offset: number, length: number): string {
  const end = bytes.indexOf(0, offset)
  const limit = Math.min(offset + length, bytes.length)
  return bytes.toString('utf8', offset, end < 0 ? limit : Math.min(end, limit))
}
