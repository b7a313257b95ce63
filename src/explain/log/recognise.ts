import type { PciAddress } from '../../host/pci-address.js'
import { CATALOGUE } from '../catalogue/catalogue.js'
import type { KnownMessage, RecognisedMessage } from '../catalogue/message.js'
import { compileTemplate, type Template } from '../catalogue/template.js'
import { findErrno } from './errno-text.js'
import { addressesIn, findNamed } from './find-addresses.js'
import { narrowed } from './narrowed.js'
import { wordIndex } from './word-index.js'

interface Known {
  readonly known: KnownMessage
  readonly template: Template
}

/** The catalogue with its patterns; texts that only wrap others come last. */
const KNOWN: readonly Known[] = [
  ...CATALOGUE.filter(({ isWrapper }) => !isWrapper),
  ...CATALOGUE.filter(({ isWrapper }) => isWrapper),
].map((known) => ({ known, template: compileTemplate(known.text) }))

const INDEX = wordIndex(KNOWN.map(({ template }) => template))

/** Whether a line has a word by which some known text is found. Of a log of a whole boot, most have none. */
export function mayBeKnown(text: string): boolean {
  return INDEX.candidates(text).length > 0
}

const WORDS: ReadonlySet<string> = new Set(KNOWN.flatMap(({ template }) => template.words))

/** Whether a word stands in some known text. */
export function isKnownWord(word: string): boolean {
  return WORDS.has(word.toLowerCase())
}

/** A known text in a message, and whether the message may go on after it. */
export interface Recognition {
  readonly message: RecognisedMessage
  /** Where the known text begins, and where what was matched ends. */
  readonly start: number
  readonly end: number
  /** An errno should follow, and none does that is known. */
  readonly lacksErrno: boolean
}

/**
 * Finds the known text in a message that `cleanLine` has cleaned; null: there is none. `across`: a place that it has to
 * reach over, as that of a line break; null: none.
 */
export function recognise(text: string, across: number | null = null): Recognition | null {
  for (const place of INDEX.candidates(text)) {
    const { known, template } = KNOWN[place] as Known
    const match = template.pattern.exec(text)
    if (match === null) continue
    const start = match.index - leadLength(template, match)
    const end = match.index + match[0].length
    if (across !== null && (start >= across || end <= across)) continue
    const errno = errnoOf(known, match, text)
    if (known.needsErrno && errno === null) continue
    const message = recognised(known, match.groups ?? {}, errno, text)
    const lacksErrno = errno === null && template.pattern.source.includes('<errno>')
    return { message, start, end, lacksErrno }
  }
  return null
}

function leadLength({ lead }: Template, match: RegExpExecArray): number {
  return lead === null ? 0 : (match.groups?.[lead]?.length ?? 0)
}

type Captures = Readonly<Record<string, string | undefined>>

function recognised(
  known: KnownMessage,
  captures: Captures,
  errno: string | null,
  text: string,
): RecognisedMessage {
  const named = findNamed(text)
  const subject = subjectOf(captures)
  const devices =
    subject === undefined
      ? named.devices
      : [subject, ...named.devices.filter((device) => device !== subject)]
  const group = captures['group']
  const groups = group === undefined ? [] : [Number(group)]
  const id = narrowed(known.id, errno, captures)
  return {
    known,
    id,
    text,
    errno,
    // The row of a hot reset whose number is that of a mapping too.
    call: id === 'dma-map-failed' ? null : known.call,
    device: devices[0] ?? null,
    devices,
    groups: [...new Set([...groups, ...named.groups])],
    cdevs: named.cdevs,
  }
}

/** The function in the hole of the text that is for one, in whatever form. */
function subjectOf({ device, address, bdf, sid, slot }: Captures): PciAddress | undefined {
  const text = device ?? address ?? bdf ?? slot ?? sid
  if (text === undefined) return undefined
  const lead = sid !== undefined ? 'SID ' : slot !== undefined ? 'PCI:' : 'device '
  return addressesIn(`${lead}${text}`)[0]
}

/** The errno stands where the text has a hole for it, or, where it has none, nowhere. */
function errnoOf(known: KnownMessage, match: RegExpExecArray, text: string): string | null {
  const found = match.groups?.['errno']
  if (found === undefined) return known.impliedErrno
  return findErrno(found) ?? findErrno(text.slice(match.index)) ?? known.impliedErrno
}
