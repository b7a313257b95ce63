/** What a hole may hold. Every length is bounded: the text comes from anybody. */
const HOLES: Readonly<Record<string, string>> = {
  device: `[^\\s'"‘’“”,;]{1,200}`,
  address: '(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]',
  other: `[^\\s'"‘’“”,;]{1,200}`,
  group: '\\d{1,9}',
  number: '-?\\d{1,12}',
  hex: '(?:0x)?[0-9a-f]{1,16}',
  state: '[a-z0-9]{1,12}',
  next: '[a-z0-9]{1,12}',
  word: `[^\\s'"‘’“”]{1,120}`,
  path: `[^\\s'"‘’“”]{1,300}`,
  errno: '[^\\n]{1,200}',
  text: '[^\\n]{0,160}?',
}

/** A text with holes, ready to be looked for. */
export interface Template {
  /** The longest fixed part in lower case: a line without it cannot match. */
  readonly anchor: string
  readonly pattern: RegExp
}

/** The errno behind a text is often left out: by another release, or by who quotes it. */
const ERRNO_TAIL = ': {errno}'

/**
 * Compiles a catalogue text: `{group}` and the like become named captures, blanks and quotes may differ, a full stop or an
 * errno at the end may be missing, letters may have either case.
 */
export function compileTemplate(text: string): Template {
  const hasTail = text.endsWith(ERRNO_TAIL)
  const body = hasTail ? text.slice(0, -ERRNO_TAIL.length) : text.replace(/\.$/, '')
  const parts = body.split(/(\{[a-z]+\})/)
  const fixed = parts.filter((part) => !isHole(part))
  const chunks = fixed.flatMap((part) => part.toLowerCase().split(/['"`\s]+/))
  return {
    anchor: chunks.reduce((best, chunk) => (chunk.length > best.length ? chunk : best), ''),
    pattern: new RegExp(
      parts.map((part) => (isHole(part) ? hole(part) : literal(part))).join('') +
        (hasTail ? `(?::\\s{1,4}${hole('{errno}')}|[\\s'"‘’“”.)]*$)` : ''),
      'i',
    ),
  }
}

/** The fixed text alone, for comparing and for people who read the holes as such. */
export function fixedWords(text: string): string {
  return text.replace(/\{[a-z]+\}/g, ' ')
}

function isHole(part: string): boolean {
  return part.startsWith('{') && part.endsWith('}')
}

function hole(part: string): string {
  const name = part.slice(1, -1)
  const pattern = HOLES[name]
  if (pattern === undefined) throw new Error(`unknown hole ${part}`)
  return `(?<${name}>${pattern})`
}

function literal(part: string): string {
  return part
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/['"`]/g, `['"\`‘’“”]?`)
    .replace(/\s+/g, '\\s{1,4}')
}
