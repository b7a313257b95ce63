import { ArchiveRefusal } from './archive-refusal.js'

/** Size of the blocks that an archive is made of: headers, and what bodies are padded to. */
export const BLOCK = 512

/** Ends an archive, twice. */
export const NO_HEADER = Buffer.alloc(BLOCK)

/** Fields of a header: offset and length in bytes (POSIX, pax Interchange Format: ustar header block). */
const FIELDS = {
  path: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  time: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  target: [157, 100],
  magic: [257, 8],
  prefix: [345, 155],
} as const

type Field = readonly [offset: number, length: number]

/** What a header says of the entry behind it. */
export interface Header {
  readonly path: string
  /** Where a link leads. */
  readonly target: string
  /** One character: `0` is a file, `2` a symbolic link, `5` a folder. */
  readonly type: string
  /** Bytes of the body. */
  readonly size: number
}

/** Bytes of a path or target that a header can hold. */
export const NAME_BYTES = FIELDS.path[1]

/** Throws an ArchiveRefusal for what is no header. */
export function decodeHeader(block: Buffer): Header {
  const size = sizeIn(block)
  if (size === undefined || octal(block, FIELDS.checksum) !== sumOf(block)) {
    throw new ArchiveRefusal('it is no tar archive')
  }
  const prefix = text(block, FIELDS.magic).startsWith('ustar') ? text(block, FIELDS.prefix) : ''
  const path = text(block, FIELDS.path)
  return {
    path: prefix === '' ? path : `${prefix}/${path}`,
    target: text(block, FIELDS.target),
    type: String.fromCharCode(block[FIELDS.type[0]] ?? 0),
    size,
  }
}

/** A header that says nothing of when and by whom it was made. Names that are too long for it are cut. */
export function encodeHeader({ path, target, type, size }: Header): Buffer {
  const block = Buffer.alloc(BLOCK)
  const put = ([offset, length]: Field, value: string) => block.write(value, offset, length)
  put(FIELDS.path, path)
  put(FIELDS.mode, type === '5' ? '0000755' : '0000644')
  put(FIELDS.uid, '0000000')
  put(FIELDS.gid, '0000000')
  put(FIELDS.size, size.toString(8).padStart(11, '0'))
  put(FIELDS.time, '00000000000')
  put(FIELDS.type, type)
  put(FIELDS.target, target)
  put(FIELDS.magic, 'ustar\u000000')
  put(FIELDS.checksum, `${sumOf(block).toString(8).padStart(6, '0')}\0 `)
  return block
}

/** Every other byte of a word. */
const LANES = 0x00ff_00ff

/** The sum of all bytes with the checksum's own field taken as blanks; of four at once, since archives are mostly headers. */
function sumOf(block: Buffer): number {
  const words = new Uint32Array(block.buffer, block.byteOffset, BLOCK / 4)
  let even = 0
  let odd = 0
  for (const word of words) {
    even += word & LANES
    odd += (word >>> 8) & LANES
  }
  const [from, length] = FIELDS.checksum
  let sum = (even & 0xffff) + (even >>> 16) + (odd & 0xffff) + (odd >>> 16) + length * 0x20
  for (let at = from; at < from + length; at++) sum -= block[at] ?? 0
  return sum
}

/** Octal digits, or as GNU writes what is too large for them: a byte 0x80 and a binary number. */
function sizeIn(block: Buffer): number | undefined {
  const [from, length] = FIELDS.size
  if (block[from] !== 0x80) return octal(block, FIELDS.size)
  const low = from + length - 6
  const isHuge = block.subarray(from + 1, low).some((byte) => byte !== 0)
  return isHuge ? Number.MAX_SAFE_INTEGER : block.readUIntBE(low, 6)
}

function octal(block: Buffer, field: Field): number | undefined {
  const digits = text(block, field).trim()
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

function text(block: Buffer, [offset, length]: Field): string {
  return textUpToZero(block, offset, offset + length)
}

export function textUpToZero(bytes: Buffer, from: number, to: number): string {
  if (bytes[from] === 0) return ''
  const end = bytes.indexOf(0, from)
  return bytes.toString('utf8', from, end < 0 ? to : Math.min(end, to))
}
