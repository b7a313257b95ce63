/** Characters of a line that are looked at; longer ones are cut. JSON records may be longer than what they hold. */
export const LINE_LIMIT = 64 * 1024

/** Characters of a message that are kept. */
export const TEXT_LIMIT = 2_000

/** Strings in one JSON record, and its depth, that are looked at. */
const RECORD_STRINGS = 64
const RECORD_DEPTH = 4

/**
 * What a line of a log says, without what the log put around it: colour, times, priorities, the name of the host, the JSON
 * of docker, journald or virt-launcher. One line can hold several messages, since `\n` is often written out.
 */
export function messagesIn(line: string): readonly string[] {
  const cut = line.slice(0, LINE_LIMIT)
  return (fromRecord(cut) ?? [cut]).flatMap(pieces)
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
  } else if (Array.isArray(value) && value.length > 0 && value.every(isByte)) {
    // journald writes a message with unprintable characters as a list of bytes.
    texts.push(new TextDecoder().decode(Uint8Array.from(value)))
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) collect(each, depth - 1, texts)
  }
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 256
}

/** Written-out line breaks are those of `LibvirtError(... Message='...\n...')`. */
function pieces(text: string): readonly string[] {
  return text
    .split(/\r?\n|\\r?\\n|\\n/)
    .map(stripLine)
    .filter((piece) => piece !== '')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences start with one.
const TERMINAL = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g

/** What logs put before a message; tried again as long as one of them fits. */
const PREFIXES: readonly RegExp[] = [
  // Kernel: priority, seconds since boot, caller; `dmesg -T` and `dmesg --time-format`.
  /^<\d{1,3}>/,
  /^\[\s{0,12}\d{1,12}\.\d{1,9}\](?:\[\s{0,8}[CT]\d{1,9}\])?:?\s+/,
  /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\]\s+/,
  // ISO 8601 as QEMU, libvirt, containers and journalctl -o short-iso print it.
  /^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,:]\d{1,9})?(?:Z|\s?[+-]\d\d:?\d\d)?\]?:?\s+/,
  // syslog and journalctl: `Nov 03 08:06:48 host program[123]: `.
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\s+(?:[\w.-]{1,64}\s+)??(?=[\w./@-]{1,64}(?:\[\d{1,9}\])?:)/,
  // CRI: `stderr F `.
  /^std(?:out|err) [FP] /,
  /^kernel:\s+/,
  /^[\w./@-]{1,64}\[\d{1,9}\]:\s+/,
]

/** More than these are no log's. */
const MOST_PREFIXES = 6

function stripLine(line: string): string {
  let text = (line.includes('\u001b') ? line.replace(TERMINAL, '') : line).trim()
  for (let round = 0; round < MOST_PREFIXES; round++) {
    const prefix = PREFIXES.find((each) => each.test(text))
    if (prefix === undefined) break
    text = text.replace(prefix, '')
  }
  return text.slice(0, TEXT_LIMIT)
}
