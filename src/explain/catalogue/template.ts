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
  /** What the callers of `pci_dev_wait` say the function comes back from. */
  reset:
    '(?:AF_)?FLR|(?:bus|slot) reset|resume|DPC|PM D3(?:hot)?->D0|power up D3hot->D0uninitialized',
}

/** What a program puts before its text, where others have the same words. */
const PREFIXES: Readonly<Record<string, string>> = {
  /** `pciehp 0000:80:10.0:pcie004: `, `pcieport 0000:b4:0d.0: `, `pcieport 0000:3f:00.0: pciehp: `. */
  pciehp: '(?:\\bpciehp(?: [0-9a-f:.]{7,20}:pcie\\d{1,4})?|\\bpcieport [0-9a-f:.]{7,20}): ',
  /** `vfio 0000:01:00.0: `, `vfio error: 0000:01:00.0: `, or nothing at all, where somebody quotes the text alone. */
  vfio: '(?:^|\\bvfio(?: error:)? [^\\s]{1,200}: )',
  /** The error around it, the number in a list of causes, or nothing at all. */
  crosvm: '(?:^(?:\\d{1,2}: )?|\\bfailed to create vfio device: )',
}

/** A text with holes, ready to be looked for. */
export interface Template {
  /** The longest fixed part in lower case: a line without it cannot match. */
  readonly anchor: string
  readonly pattern: RegExp
}

/** The errno behind a text is often left out: by another release, or by who quotes it. */
const ERRNO_TAIL = ': {errno}'

/** Nothing but what closes a quotation comes after. */
const END = `[\\s'"‘’“”.)]*$`

/**
 * Compiles a catalogue text: `{group}` and the like become named captures, blanks and quotes may differ, a full stop or an
 * errno at the end may be missing, letters may have either case. Words that are common stand with `^` before them where the
 * message begins so, and with `$` behind where it ends so.
 */
export function compileTemplate(text: string): Template {
  const { begin, middle, end } = anchored(text)
  const hasTail = middle.endsWith(ERRNO_TAIL)
  const body = hasTail ? middle.slice(0, -ERRNO_TAIL.length) : middle.replace(/\.$/, '')
  const parts = body.split(/(\{[a-z]+\})/)
  const fixed = parts.filter((part) => !isHole(part))
  const chunks = fixed.flatMap((part) => part.toLowerCase().split(/['"`\s]+/))
  return {
    anchor: chunks.reduce((best, chunk) => (chunk.length > best.length ? chunk : best), ''),
    pattern: new RegExp(
      begin +
        parts.map((part) => (isHole(part) ? hole(part) : literal(part))).join('') +
        (hasTail ? `(?::\\s{1,4}${hole('{errno}')}|${END})` : end),
      'i',
    ),
  }
}

/** The text as people read it: with its holes, and without what only ties it to its program. */
export function readableText(text: string): string {
  const { middle } = anchored(text)
  return middle.replace(/^\{([a-z]+)\}/, (prefix, name) => (name in PREFIXES ? '' : prefix))
}

/** The fixed text alone, for comparing. */
export function fixedWords(text: string): string {
  return anchored(text).middle.replace(/\{[a-z]+\}/g, ' ')
}

function anchored(text: string): { begin: string; middle: string; end: string } {
  const begin = text.startsWith('^') ? '^' : ''
  const hasEnd = text.endsWith('$')
  return {
    begin,
    middle: text.slice(begin.length, hasEnd ? -1 : undefined),
    end: hasEnd ? END : '',
  }
}

function isHole(part: string): boolean {
  return part.startsWith('{') && part.endsWith('}')
}

function hole(part: string): string {
  const name = part.slice(1, -1)
  const pattern = HOLES[name] ?? PREFIXES[name]
  if (pattern === undefined) throw new Error(`unknown hole ${part}`)
  return `(?<${name}>${pattern})`
}

function literal(part: string): string {
  return part
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/['"`]/g, `['"\`‘’“”]?`)
    .replace(/\s+/g, '\\s{1,4}')
}
