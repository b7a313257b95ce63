/** What a hole may hold. Every length is bounded: the text comes from anybody. */
const HOLES: Readonly<Record<string, string>> = {
  device: `[^\\s'"‘’“”,;]{1,200}`,
  address: '(?:0x)?(?:[0-9a-f]{4,8}:)?(?:0x)?[0-9a-f]{2}:(?:0x)?[01][0-9a-f]\\.(?:0x)?[0-7]',
  /** As Xen's tools print an address, with or without zeros in front: `0:1:0.0`. */
  bdf: '(?:[0-9a-f]{1,8}:)?[0-9a-f]{1,2}:[0-9a-f]{1,2}\\.[0-7]',
  /** A requester ID in hexadecimal: bus, device and function in 16 bits. */
  sid: '(?:0x)?[0-9a-f]{1,4}',
  /** NVIDIA's form without the function: `0000:01:00`. */
  slot: '[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]',
  other: `[^\\s'"‘’“”,;]{1,200}`,
  group: '\\d{1,9}',
  number: '-?\\d{1,12}',
  hex: '(?:0x)?[0-9a-f]{1,16}',
  iova: '0x[0-9a-f]{1,16}',
  size: '0x[0-9a-f]{1,16}',
  state: '[a-z0-9]{1,12}',
  next: '[a-z0-9]{1,12}',
  word: `[^\\s'"‘’“”]{1,120}`,
  path: `[^\\s'"‘’“”]{1,300}`,
  resource: '\\[[^\\]\\n]{1,120}\\]',
  errno: '[^\\n]{1,200}',
  text: '[^\\n]{0,160}?',
  /** What the callers of `pci_dev_wait` say the function comes back from. */
  reset:
    '(?:AF_)?FLR|(?:bus|slot) reset|resume|DPC|PM D3(?:hot)?->D0|power up D3hot->D0uninitialized',
}

/** What a program puts before its text, where others have the same words. */
const PREFIXES: Readonly<Record<string, string>> = {
  /** `pciehp 0000:80:10.0:pcie004: `, `pcieport 0000:b4:0d.0: `, `pcieport 0000:3f:00.0: pciehp: `. */
  pciehp:
    '(?:\\bpciehp(?: [0-9a-f:.]{7,20}:pcie\\d{1,4})?|\\bpcieport [0-9a-f:.]{7,20}(?:: pciehp)?): ',
  /** A function, as the kernel puts it before whatever it says of one: `vfio-pci 0000:01:00.0: `. */
  pci: '\\b[\\w-]{2,24} [0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]: ',
  /** `vfio 0000:01:00.0: `, `vfio error: 0000:01:00.0: `, or nothing at all, where somebody quotes the text alone. */
  vfio: '(?:^|\\bvfio(?: error:)? [^\\s]{1,200}: )',
  /** The error around it, the number in a list of causes, or nothing at all. */
  crosvm: '(?:^(?:\\d{1,2}: )?|\\bfailed to create vfio device: )',
  /** `libxl: error: libxl_pci.c:1446:pci_add_dm_done: Domain 3:`, as libxl and libvirt's log print it. */
  libxl: '\\blibxl\\w{0,40}[^\\n]{0,120}?: ?',
}

/** A text with holes, ready to be looked for. */
export interface Template {
  /** Every whole word of its fixed parts, in lower case: a line without one of them cannot match. */
  readonly words: readonly string[]
  readonly pattern: RegExp
  /** The hole that the text begins with, in front of where the pattern's match does; null: it begins with words. */
  readonly lead: string | null
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
  const parts = body.split(/(\{[a-z]+\})/).filter((part) => part !== '')
  return {
    words: parts.flatMap((part, place) => wholeWords(part, parts[place - 1], parts[place + 1])),
    pattern: new RegExp(
      begin + patternOf(parts) + (hasTail ? `(?::\\s{1,4}${hole('{errno}')}|${END})` : end),
      'i',
    ),
    lead: leadOf(parts),
  }
}

/**
 * A text that begins with a hole would be tried at every character of a line: its first fixed part is looked for instead, and
 * then what stands before that.
 */
function patternOf(parts: readonly string[]): string {
  const [first, second, ...rest] = parts
  const taken = new Set<string>()
  const pattern = (part: string): string => partPattern(part, taken)
  if (first === undefined || second === undefined || leadOf(parts) === null) {
    return parts.map(pattern).join('')
  }
  const fixed = pattern(second)
  return `${fixed}(?<=${pattern(first)}${fixed})${rest.map(pattern).join('')}`
}

function leadOf([first]: readonly string[]): string | null {
  return first === undefined || !isHole(first) || isPrefix(first) ? null : first.slice(1, -1)
}

/** Of several holes with one name the first is the one that is captured. */
function partPattern(part: string, taken: Set<string>): string {
  if (!isHole(part)) return literal(part)
  const isFirst = !taken.has(part)
  taken.add(part)
  return isFirst ? hole(part) : `(?:${holePattern(part)})`
}

/** The words of a fixed part, without those that a hole or an optional quote could be glued to. */
function wholeWords(
  part: string,
  before: string | undefined,
  after: string | undefined,
): readonly string[] {
  if (isHole(part)) return []
  const isGluedBefore = before !== undefined && isGlue(before)
  const isGluedAfter = after !== undefined && isGlue(after)
  return [...part.matchAll(/[a-z0-9_]+/gi)].flatMap(({ 0: word, index }) => {
    const end = index + word.length
    if (index === 0 ? isGluedBefore : isQuote(part[index - 1])) return []
    if (end === part.length ? isGluedAfter : isQuote(part[end])) return []
    return word.toLowerCase()
  })
}

/** `{text}` stands for words between words. */
function isGlue(part: string): boolean {
  return !isPrefix(part) && part !== '{text}'
}

function isQuote(sign: string | undefined): boolean {
  return sign === "'" || sign === '"' || sign === '`'
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

function isPrefix(part: string): boolean {
  return part.slice(1, -1) in PREFIXES
}

function hole(part: string): string {
  return `(?<${part.slice(1, -1)}>${holePattern(part)})`
}

function holePattern(part: string): string {
  const name = part.slice(1, -1)
  const pattern = HOLES[name] ?? PREFIXES[name]
  if (pattern === undefined) throw new Error(`unknown hole ${part}`)
  return pattern
}

/** Before a bracket a blank may stand that the program did not print: people who wrap lines put one there. */
function literal(part: string): string {
  return part
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/['"`]/g, `['"\`‘’“”]?`)
    .replace(/(?<=\w)\\\(/g, '\\s?\\(')
    .replace(/\s+/g, '\\s{1,4}')
}
