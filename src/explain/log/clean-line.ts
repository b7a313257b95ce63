/** Characters of a line that are looked at; longer ones are cut. JSON records may be longer than what they hold. */
export const LINE_LIMIT = 64 * 1024

/** Characters of a message that are kept. */
export const TEXT_LIMIT = 2_000

/** Strings in one JSON record, and its depth, that are looked at. */
const RECORD_STRINGS = 64
const RECORD_DEPTH = 4

/** What a line of a log says. */
export interface CleanLine {
  /** Its messages: more than one where `\n` is written out, or where it is a record with several strings. */
  readonly texts: readonly string[]
  /** It begins as a line of a log does, so that it goes on with nothing before it. */
  readonly isHead: boolean
  /** A record of a log, which holds all of its message. */
  readonly isRecord: boolean
}

/**
 * A line without what the log put around it: colour, quote marks, times, priorities, the name of the host, the JSON of
 * docker, journald or virt-launcher.
 */
export function cleanLine(line: string): CleanLine {
  const cut = line.slice(0, LINE_LIMIT)
  const record = fromRecord(cut)
  const pieces = (record ?? [cut]).flatMap(split)
  const stripped = pieces.map(stripLine)
  return {
    texts: stripped.flatMap(({ text }) => chunks(text)),
    isHead: record !== null || stripped[0]?.isHead === true,
    isRecord: record !== null,
  }
}

/** Every text of a JSON record; null: the line is none. */
function fromRecord(line: string): readonly string[] | null {
  const start = line.indexOf('{')
  if (start === -1 || !line.trimEnd().endsWith('}')) return null
  const record = parseRecord(line.slice(start))
  if (record === null) return null
  const texts: string[] = []
  collect(record, RECORD_DEPTH, texts)
  return texts.length === 0 ? null : texts
}

function parseRecord(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    // Not JSON after all: an ordinary line that holds a brace.
    return null
  }
}

function collect(value: unknown, depth: number, texts: string[]): void {
  if (texts.length >= RECORD_STRINGS || depth === 0) return
  if (typeof value === 'string') {
    texts.push(value.slice(0, LINE_LIMIT))
  } else if (Array.isArray(value) && value.length > 0 && value.every(isByte) && isText(value)) {
    // journald writes a message with unprintable characters as a list of bytes.
    texts.push(new TextDecoder().decode(Uint8Array.from(value)))
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) collect(each, depth - 1, texts)
  }
}

/** Numbers that happen to be small are no message: text is mostly beyond the control characters. */
function isText(bytes: readonly number[]): boolean {
  return bytes.filter((byte) => byte >= 0x20).length * 2 > bytes.length
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 256
}

/** Written-out line breaks are those of `LibvirtError(... Message='...\n...')`, written-out quotes those of logfmt. */
function split(text: string): readonly string[] {
  const plain = text.includes('\\"') ? text.replaceAll('\\"', '"') : text
  return plain.split(/\r?\n|\\r?\\n|\\n/).filter((piece) => piece.trim() !== '')
}

/** A text that is too long to be kept whole, in pieces that overlap by as much as a message is long. */
function chunks(text: string): readonly string[] {
  if (text.length <= TEXT_LIMIT) return text === '' ? [] : [text]
  const step = TEXT_LIMIT - OVERLAP
  const count = Math.ceil((text.length - OVERLAP) / step)
  return Array.from({ length: count }, (_, place) =>
    text.slice(place * step, place * step + TEXT_LIMIT),
  )
}

const OVERLAP = 500

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences start with one.
const TERMINAL = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g

/** As the source of a page of a forum has it: `<pre>can&#39;t reserve</pre>`. */
function withoutMarkup(line: string): string {
  const bare =
    line.includes('</') || line.includes('<br') || /^\s{0,8}<(?:pre|code)>/.test(line)
      ? line.replace(MARKUP, ' ')
      : line
  return bare.includes('&') ? bare.replace(ENTITY, (all, name) => ENTITIES.get(name) ?? all) : bare
}

const MARKUP = /<\/?(?:br|code|div|p|pre|span)(?: [^<>]{0,200})?\/?>/gi
const ENTITY = /&(#39|#x27|#34|amp|apos|gt|lt|nbsp|quot);/g
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['#39', "'"],
  ['#x27', "'"],
  ['#34', '"'],
  ['amp', '&'],
  ['apos', "'"],
  ['gt', '>'],
  ['lt', '<'],
  ['nbsp', ' '],
  ['quot', '"'],
])

/** How mails and trackers quote, and what frames a table. */
const QUOTED = /^\s{0,4}(?:[>|│]\s?){1,8}/

/** What logs put before a message; tried again as long as one of them fits. */
const PREFIXES: readonly RegExp[] = [
  // Kernel: priority, seconds since boot, caller; `dmesg -T`, `-H`, `-x` and `--time-format`.
  /^<\d{1,3}>(?:1 (?=\d{4}-))?/,
  /^\[\s{0,12}\+?\d{1,12}\.\d{1,9}\](?:\[\s{0,8}[CT]\d{1,9}\])?:?\s+/,
  /^\[(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2}\s{1,2}\d{1,2} \d\d:\d\d(?::\d\d(?: \d{4})?)?\]\s+/,
  /^(?:kern|user|daemon|syslog|auth|local\d)\s{0,4}:\s?(?:emerg|alert|crit|err|warn|notice|info|debug)\s{0,4}:\s+/,
  // ISO 8601 as QEMU, libvirt, containers and journalctl -o short-iso print it, with the host's name in syslog.
  /^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,:]\d{1,9})?(?:Z|\s?[+-]\d\d:?\d\d| [A-Z]{3,4})?\]?:?\s+/,
  // syslog and journalctl: `Nov 03 08:06:48 host program[123]: `.
  /^(?:[A-Z][a-z]{2} (?=\d{4}-))?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\s+(?:[\w.-]{1,64}\s+)??(?=[\w./@-]{1,64}(?:\[\d{1,9}\])?:)/,
  /^[A-Z][a-z]{2} (?=\d{4}-\d\d-\d\d )/,
  // journalctl -o short-unix, export and verbose.
  /^\d{10}\.\d{6} (?=[\w.-]{1,64} )/,
  /^MESSAGE=/,
  // klog: `E0101 12:34:56.789012    1234 file.go:123] `.
  /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6}\s+\d{1,9} [\w./-]{1,80}:\d{1,6}\]\s+/,
  // CRI: `stderr F `. docker compose and kubectl logs: `service-1  | `, `[pod/name/container] `.
  /^std(?:out|err) [FP] /,
  /^[\w.-]{1,64}\s{1,16}\| /,
  /^\[pod\/[\w./-]{1,200}\]\s+/,
  // A host's name that only what stands behind it tells.
  /^[\w.-]{1,64} (?=(?:kernel|QEMU\[\d{1,9}\]|libvirtd\[\d{1,9}\]|kubelet\[\d{1,9}\]|pvedaemon\[\d{1,9}\]|qm\[\d{1,9}\]): )/,
  /^kernel:\s+/,
  /^[\w./@-]{1,64}\[\d{1,9}\]:\s+/,
]

/** Programs that begin a line with their name. */
const PROGRAM = /^(?:kvm|qemu[\w-]{0,40}|libvirt\w{0,20}|virsh|TASK [A-Z]+|EAL|time=")[:"0-9]/

/** More than these are no log's. */
const MOST_PREFIXES = 6

function stripLine(line: string): { readonly text: string; readonly isHead: boolean } {
  const plain = withoutMarkup(line.includes('\u001b') ? line.replace(TERMINAL, '') : line)
  let text = plain.replace(QUOTED, '').trim()
  let isHead = false
  for (let round = 0; round < MOST_PREFIXES; round++) {
    const prefix = PREFIXES.find((each) => each.test(text))
    if (prefix === undefined) break
    text = text.replace(prefix, '')
    isHead = true
  }
  return { text, isHead: isHead || PROGRAM.test(text) }
}

/** A record of a container runtime that goes on in the next: `2026-01-01T00:00:00Z stderr P `. */
export function isPartial(line: string): boolean {
  return PARTIAL.test(line.slice(0, 80))
}

const PARTIAL = /^\s*\d{4}-\d\d-\d\dT[\d:.]{8,20}(?:Z|[+-]\d\d:\d\d) std(?:out|err) P /
