import { ArchiveRefusal } from './archive-refusal.js'
import { type Header, textUpToZero } from './tar-header.js'

/** Entries that say more of the one behind them: pax headers for it alone and for all that follow; path and target of GNU. */
const TYPES: ReadonlySet<string> = new Set(['x', 'g', 'L', 'K'])

/** Values by pax keyword, of those that matter here. */
export type Extension = ReadonlyMap<string, string>

export const NO_EXTENSION: Extension = new Map()

const KEYWORDS: ReadonlySet<string> = new Set(['path', 'linkpath', 'size'])

export function isExtension({ type }: Header): boolean {
  return TYPES.has(type)
}

/** Throws an ArchiveRefusal for records that make no sense, and for sparse files. */
export function decodeExtension(type: string, body: Buffer): Extension {
  if (type === 'L') return new Map([['path', textUpToZero(body, 0, body.length)]])
  if (type === 'K') return new Map([['linkpath', textUpToZero(body, 0, body.length)]])
  if (type === 'g') return NO_EXTENSION
  const values = new Map<string, string>()
  for (const [keyword, value] of paxRecords(body)) {
    if (keyword.startsWith('GNU.sparse.')) {
      throw new ArchiveRefusal('it holds a sparse file, which a capture never has')
    }
    if (KEYWORDS.has(keyword)) values.set(keyword, value)
  }
  return values
}

/** A header as its extension corrects it. An empty value corrects nothing. */
export function extend(header: Header, extension: Extension): Header {
  if (extension.size === 0) return header
  const { path, target, size } = header
  return {
    ...header,
    path: extension.get('path') || path,
    target: extension.get('linkpath') || target,
    size: sizeOf(extension.get('size') || `${size}`),
  }
}

function sizeOf(digits: string): number {
  if (/^\d{1,15}$/.test(digits)) return Number(digits)
  throw new ArchiveRefusal(`it holds an entry of size ${JSON.stringify(digits.slice(0, 40))}`)
}

/** A record of a pax header: `LENGTH KEYWORD=VALUE\n`, where the length, in bytes, counts itself. */
export function paxRecord(keyword: string, value: string): string {
  const rest = ` ${keyword}=${value}\n`
  const length = Buffer.byteLength(rest)
  const digits = `${length + `${length}`.length}`.length
  return `${length + digits}${rest}`
}

function* paxRecords(body: Buffer): Generator<[keyword: string, value: string]> {
  for (let at = 0; at < body.length; ) {
    const blank = body.indexOf(' ', at)
    const digits = body.toString('latin1', at, Math.min(blank, at + 10))
    const end = at + Number(/^[1-9]\d*$/.test(digits) ? digits : Number.NaN)
    const equals = body.indexOf('=', blank)
    if (!(blank < equals && equals < end && body[end - 1] === 0x0a)) {
      throw new ArchiveRefusal('it holds a pax header that makes no sense')
    }
    yield [body.toString('utf8', blank + 1, equals), body.toString('utf8', equals + 1, end - 1)]
    at = end
  }
}
