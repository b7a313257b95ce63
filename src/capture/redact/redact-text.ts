import type { Redactor, Secret } from './redaction.js'

/** What tells a value of one kind in any text. The first group, where there is one, is the value. */
interface Pattern {
  readonly what: Secret
  readonly pattern: RegExp
}

const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi
/** Eight bytes, as lspci prints a Device Serial Number. */
const SERIAL = /\b(?:[0-9a-f]{2}-){7}[0-9a-f]{2}\b/gi
const MAC = /(?<![0-9a-f:.-])(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9a-f:-])/gi
/** udev names an interface after its MAC where nothing better is known. */
const MAC_NAME = /\b(?:en|wl|ww)x([0-9a-f]{12})\b/gi
const DISK = /(?<=\/dev\/disk\/by-(?:id|label|partlabel|uuid|partuuid)\/)([^\s,"']+)/g

/** Values that may stand in any file or name. */
const ANYWHERE: readonly Pattern[] = [
  { what: 'serial-number', pattern: SERIAL },
  { what: 'disk-name', pattern: DISK },
  { what: 'uuid', pattern: UUID },
  { what: 'mac-address', pattern: MAC },
  { what: 'mac-address', pattern: MAC_NAME },
]

/** IPv4 with four numbers, IPv6 with at least three groups; releases and PCI addresses are neither. */
const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g
const IPV6 =
  /(?<![0-9a-f:.])(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4})(?![0-9a-f:.])|(?<![0-9a-f:.])(?:[0-9a-f]{1,4}:)+:(?:[0-9a-f]{1,4}:)*[0-9a-f]{1,4}(?![0-9a-f:.])/gi

/** In what commands print, addresses, serial numbers behind a word, and the value of anything called a key are told too. */
const IN_OUTPUT: readonly Pattern[] = [
  { what: 'network-address', pattern: IPV4 },
  { what: 'network-address', pattern: IPV6 },
  { what: 'serial-number', pattern: /(?<=\[(?:SN|V[0-9A-Z]|Y[0-9A-Z])\][^:\n]*: ?)([^\s].*)$/gm },
  { what: 'serial-number', pattern: /(?<=\bserial(?: number)?[:=] ?)([^\s,]+)/gi },
  { what: 'slot-label', pattern: /(?<=\bPhysical Slot: )(\S+)/g },
]

/** Text with all that is told by its form replaced. */
export function redactText(text: string, redactor: Redactor): string {
  return ANYWHERE.reduce((all, each) => replaceAll(all, each, redactor), text)
}

/** What a command printed, with all that is told by its form or by the words before it replaced, and the host's name. */
export function redactOutput(
  text: string,
  redactor: Redactor,
  hostNames: readonly string[],
): string {
  const named = redactHostNames(redactText(text, redactor), redactor, hostNames)
  return IN_OUTPUT.reduce((all, each) => replaceAll(all, each, redactor), named)
}

/** Words that are the host's name: whole, between letters that no name has. */
export function redactHostNames(
  text: string,
  { replace }: Redactor,
  hostNames: readonly string[],
): string {
  return hostNames.filter(isTelling).reduce((all, name) => {
    // Device mapper doubles the dashes of a name.
    const forms = [...new Set([name, name.replaceAll('-', '--')])].map(escapePattern).join('|')
    const pattern = new RegExp(`(?<![A-Za-z0-9])(?:${forms})(?![A-Za-z0-9])`, 'gi')
    return all.replace(pattern, (found) =>
      replace('host-name', found, { key: name.toLowerCase(), write: (pseudonym) => pseudonym }),
    )
  }, text)
}

/** Names that every second host has, and those that words of the kernel could be, tell nothing and would spoil much. */
function isTelling(name: string): boolean {
  return (
    name.length >= 4 &&
    !/^(?:localhost|localdomain|linux|debian|ubuntu|fedora|redacted.*|kernel|server|host)$/i.test(
      name,
    )
  )
}

function replaceAll(text: string, { what, pattern }: Pattern, { replace }: Redactor): string {
  return text.replace(pattern, (found: string, group: unknown) => {
    if (pattern === MAC_NAME && typeof group === 'string') {
      const write = (mac: string) => found.slice(0, 3) + mac.replaceAll(':', '')
      return replace(what, found, { key: withColons(group), write })
    }
    if (pattern === MAC) {
      const key = found.replaceAll('-', ':').toLowerCase()
      return replace(what, found, { key, write: (mac) => mac })
    }
    return replace(what, found)
  })
}

/** The same MAC has one pseudonym however it is written. */
function withColons(digits: string): string {
  return (digits.toLowerCase().match(/../g) ?? []).join(':')
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
