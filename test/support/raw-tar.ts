/** An entry of an archive as its bytes shall say it, sense or nonsense. */
export interface RawEntry {
  readonly path: string
  /** tar's type flag; `0`, a file, unless told. */
  readonly type?: string
  readonly content?: string | Uint8Array
  readonly target?: string
  /** Twelve bytes at most, instead of the octal digits of what `content` has. */
  readonly size?: string | Uint8Array
  /** Instead of `ustar`. */
  readonly magic?: string
  /** Added to the sum of the header's bytes. */
  readonly sumError?: number
}

const END = Buffer.alloc(1024)

export function rawTar(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(entryBytes), END])
}

export function entryBytes({
  path,
  type = '0',
  content = '',
  target = '',
  ...odd
}: RawEntry): Buffer {
  const body = Buffer.from(content)
  const header = Buffer.alloc(512)
  header.write(path, 0, 100)
  header.write('0000644\0', 100)
  header.set(Buffer.from(odd.size ?? `${body.length.toString(8).padStart(11, '0')}\0`), 124)
  header.write(' '.repeat(8), 148)
  header.write(type, 156)
  header.write(target, 157, 100)
  header.write(odd.magic ?? 'ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, odd.sumError ?? 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)])
}

/** Records of a pax header. */
export function paxRecordsOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([keyword, value]) => {
      const rest = ` ${keyword}=${value}\n`
      const length = Buffer.byteLength(rest)
      const digits = [1, 2, 3, 4, 5, 6].find((count) => `${length + count}`.length === count) ?? 7
      return `${length + digits}${rest}`
    })
    .join('')
}

/** A size as GNU tar writes what eleven octal digits cannot hold. */
export function base256(value: bigint): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value), 4)
  if (value < 0n) bytes.fill(0xff, 0, 4)
  else bytes[0] = 0x80
  return bytes
}
