import { LOG_WORDS } from './log-words.js'
import { isModuleName, isPlainName } from './plain-names.js'
import { redactCommandLine } from './redact-command-line.js'
import { redactListing } from './redact-listing.js'
import { redactName, redactPath } from './redact-names.js'
import { redactVersion } from './redact-release.js'
import type { Redactor } from './redaction.js'

/** What is known of the host whose commands were run. */
export interface OutputFacts {
  readonly hostNames: readonly string[]
  /** Words of the names that lspci has (`listedWords`). */
  readonly listed: ReadonlySet<string>
}

/** What a command printed, by the name of its file in `commands/`, with everything replaced that tells of one host. */
export function redactOutput(
  file: string,
  text: string,
  redactor: Redactor,
  { hostNames, listed }: OutputFacts,
): string {
  const named = redactHostNames(text, redactor, hostNames)
  if (file === 'lspci.txt') return redactListing(named, redactor, listed)
  return named
    .split('\n')
    .map((line) => redactLine(line, redactor))
    .join('\n')
}

/** Words that are the host's name, with the domain behind them. */
function redactHostNames(
  text: string,
  { replace }: Redactor,
  hostNames: readonly string[],
): string {
  return hostNames.filter(isTelling).reduce((all, name) => {
    const pattern = new RegExp(
      `(?<![A-Za-z0-9_.-])${escapePattern(name)}(?:\\.[a-z0-9-]{1,63}){0,8}(?![A-Za-z0-9_-])`,
      'gi',
    )
    return all.replace(pattern, (found) => replace('host-name', found))
  }, text)
}

/** Words of the kernel's are no name to be looked for: they are in every log. */
function isTelling(name: string): boolean {
  return !isPlainName(name) && !LOG_WORDS.has(name.toLowerCase())
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

const TIME = /^(?:<\d{1,3}>)?\[[ \d]{1,12}\.\d{1,9}\] ?/
const COMMAND_LINE = /^(.*?\bcommand line: ?)([\s\S]*)/i
const VERSION =
  /^(?:Linux |QEMU emulator version|Copyright |libvirtd |virtqemud |\d{1,3}\.\d{1,4}\.\d)/

/** A line of a log or of what a program says of itself. */
function redactLine(line: string, redactor: Redactor): string {
  const time = TIME.exec(line)?.[0] ?? ''
  const text = line.slice(time.length)
  const [, begin, parameters] = COMMAND_LINE.exec(text) ?? []
  if (begin !== undefined && parameters !== undefined) {
    return time + redactMessage(begin, redactor) + redactCommandLine(parameters, redactor)
  }
  if (VERSION.test(text)) return time + redactVersion(text, redactor)
  return time + redactMessage(text, redactor)
}

/** Between them stand the words of a message, names, options and their values. */
const SEPARATORS = /([\s=,;()[\]{}"'`<>|]+)/

/** Behind these stands a value that tells of this one host, whatever it looks like. */
const TELLING =
  /^(?:serial(?:number)?|number|s\/n|sn|wwp?n|wwnn|wwid|guid|eui(?:-64)?|mac|uuid|asset|hostname|user|uid|login|account)[:.]?$|pass|secret|key|token|cred|user/i

/** A message, in which every word is replaced that is no word of such messages, no number and no name of the kernel's. */
function redactMessage(text: string, redactor: Redactor): string {
  let before = ''
  return text
    .split(SEPARATORS)
    .map((word, at) => {
      if (at % 2 === 1 || word === '') return word
      const isTold = TELLING.test(before)
      const isDriver = before === '' && BEFORE_DEVICE.test(text) && isModuleName(word)
      before = word
      return isDriver ? word : redactWord(word, redactor, isTold ? isWord : isPlainInLog)
    })
    .join('')
}

/** `igb 0000:01:00.0: …`: who says it (`dev_printk`). */
const BEFORE_DEVICE = /^[\w-]{1,55} [0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]:? /

function redactWord(word: string, redactor: Redactor, isPlain: (word: string) => boolean): string {
  const [, bare = word, end = ''] = /^(.*?[^:.!?])([:.!?]{1,3})$/.exec(word) ?? []
  if (isPlain(bare)) return word
  if (bare.startsWith('/')) return redactPath(bare, redactor) + end
  return redactName(bare, redactor, isPlain) + end
}

/** Ranges of addresses, times, versions, sizes, and options of programs. */
const FORMS: readonly RegExp[] = [
  /^0x[0-9a-f]{1,12}$/i,
  /^0x[0-9a-f]{1,16}-0x[0-9a-f]{1,16}$/i,
  /^\d{1,5}\.\d{1,5}(?:\.\d{1,5})?$/,
  /^[-+#]?\d{1,7}(?:[kmgt]?i?b|ms|us|ns|s|x|%|bit|th|hz|mhz|ghz|w|v|gt\/s|gb\/s|mb\/s)?$/i,
  /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7][:-](?:pcie\d{3}|\d{1,3}|)[:-]?$/i,
  /^[^A-Za-z0-9]{1,12}$/,
]

function isPlainInLog(word: string): boolean {
  if (isPlainName(word) || isWord(word) || FORMS.some((form) => form.test(word))) return true
  // `vfio-pci`, `DMAR-IR`, `read/write`, `0x1b@0x100`. An address, a MAC or a serial number is more than three numbers.
  const parts = word.split(/[-_/:+@.#&*]/).filter((part) => part !== '')
  const numbers = parts.filter((part) => !isWord(part))
  return (
    parts.length < word.length && numbers.length <= 3 && numbers.every((part) => SHORT.test(part))
  )
}

const SHORT = /^(?:0x[0-9a-f]{1,8}|\d{1,5})$/i

function isWord(word: string): boolean {
  return LOG_WORDS.has(word.toLowerCase())
}
