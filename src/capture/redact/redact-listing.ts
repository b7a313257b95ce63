import { LOG_WORDS } from './log-words.js'
import { LSPCI_WORDS } from './lspci-words.js'
import { isModuleName } from './plain-names.js'
import { redactName } from './redact-names.js'
import type { Redactor, Secret } from './redaction.js'

/** Lines of `lspci -vv` that tell of this one card, or of the place that somebody put it in. */
const OF_THIS_CARD: readonly (readonly [line: RegExp, what: Secret])[] = [
  [/^(\s*(?:Physical Slot|DeviceName): ?)(.+)$/, 'slot-label'],
  [/^(\s*Capabilities: .*\bDevice Serial Number )([\s\S]+)/, 'serial-number'],
  [/^(\s*(?:Product Name|Serial Number|Asset Tag): ?)(.+)$/i, 'serial-number'],
  // Vital Product Data, but for the checksum and what is free.
  [/^(\s*\[(?!R[VW]\])[^\]]{1,8}\] [^:]*: ?)(.+)$/, 'serial-number'],
]

/**
 * What lspci printed: apart from those lines it is in words of lspci and in names of the pci.ids that everybody has (`listed`, in
 * lower case). Any other word is replaced.
 */
export function redactListing(
  text: string,
  redactor: Redactor,
  listed: ReadonlySet<string>,
): string {
  return text
    .split('\n')
    .map((line) => redactLine(line, redactor, listed))
    .join('\n')
}

/** Words of a list of names, as `listed` has them. */
export function listedWords(pciIds: string): ReadonlySet<string> {
  return new Set(pciIds.toLowerCase().match(WORD))
}

function redactLine(line: string, redactor: Redactor, listed: ReadonlySet<string>): string {
  for (const [pattern, what] of OF_THIS_CARD) {
    const [, begin, value] = pattern.exec(line) ?? []
    if (begin === undefined || value === undefined) continue
    return redactWords(begin, redactor, listed) + redactor.replace(what, value)
  }
  const [, begin, drivers] = OF_DRIVERS.exec(line) ?? []
  if (begin === undefined || drivers === undefined) return redactWords(line, redactor, listed)
  return begin + redactDrivers(drivers, redactor)
}

function redactWords(text: string, redactor: Redactor, listed: ReadonlySet<string>): string {
  const digits = OF_ADDRESSES.test(text) ? 16 : 8
  const isPlain = (word: string) => isPlainWord(word.toLowerCase(), digits, listed)
  return text
    .split(VALUES)
    .map((part, at) =>
      at % 2 === 1
        ? redactName(part, redactor, NOTHING_IS_PLAIN)
        : part.replace(WORD, (word) => redactName(word, redactor, isPlain)),
    )
    .join('')
}

function isPlainWord(word: string, digits: number, listed: ReadonlySet<string>): boolean {
  if (isNumber(word, digits) || LOG_WORDS.has(word) || listed.has(word)) return true
  // `128bitCAS`, `2Retimers`.
  return LSPCI_WORDS.has(word.replace(/^\d{1,3}/, ''))
}

/** A word that somebody replaced before stands as one. */
const WORD = /redacted-(?:[a-z]{1,8}-)?[0-9a-f]{6,8}|[a-z0-9]+/gi

/** MACs, serial numbers, UUIDs and network addresses, whatever line they stand in. */
const VALUES =
  /(?<![0-9a-z.-])((?:[0-9a-f]{2}[:-]){5,7}[0-9a-f]{2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7})(?![0-9a-z])/i

const NOTHING_IS_PLAIN = () => false

const OF_DRIVERS = /^(\s*Kernel (?:driver in use|modules): )(.+)$/

/** Names of drivers and modules stay, as they do everywhere. */
function redactDrivers(names: string, redactor: Redactor): string {
  return names
    .split(/(, ?)/)
    .map((name, at) => (at % 2 === 1 ? name : redactName(name, redactor, isModuleName)))
    .join('')
}

/** Lines with addresses of memory: numbers of more than 32 bits. */
const OF_ADDRESSES = /\b(?:Memory|I\/O|ROM|Region|Address|BAR|base|McastReceiveVec)\b/i

/** Numbers, bare and with what they are measured in, and lanes, versions, volts. */
function isNumber(word: string, digits: number): boolean {
  if (/^0*$/.test(word) || (/^(?:0x)?[0-9a-f]+$/.test(word) && hexDigits(word) <= digits))
    return true
  return /^(?:[xv]\d{1,3}|\d{1,7}(?:[kmgt]?i?b|bit|[kmgt]|gt|[mg]?hz|[munp]?s|m?w|m?v|ma|db|x|st|nd|rd|th|h)?)$/.test(
    word,
  )
}

function hexDigits(word: string): number {
  return word.replace(/^0x/, '').length
}
