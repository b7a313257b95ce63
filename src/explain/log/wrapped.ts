import { addressesIn } from './find-addresses.js'
import { continues, isShort, type LogLine } from './log-line.js'
import { isKnownWord, mayBeKnown, type Recognition, recognise } from './recognise.js'

/** Lines that a message may go on in after the one where it begins. */
export const AHEAD = 4

/** A message that begins in one line and ends in a later one. */
export interface Wrapped {
  readonly recognition: Recognition
  /** Lines after the first that it reaches into. */
  readonly lines: number
  /** What stands in the last of them after its end. */
  readonly rest: string
}

/**
 * A message that begins in `text`, the last of `line`, and goes on in those that follow: mails, terminals and people break
 * lines at a blank, or anywhere. `wanted`: what was recognised without the others, and only lacks its end; null: nothing.
 */
export function acrossLines(
  text: string,
  line: LogLine,
  following: readonly LogLine[],
  wanted: Recognition | null,
): Wrapped | null {
  if (!isShort(line)) return null
  const joins = joinsOf(text, line, following)
  const { length } = text
  // What the most lines together do not show, fewer do not show either.
  const all = joins.at(-1)
  if (all === undefined || acrossBreak(all, length, wanted) === null) return null
  let best: Wrapped | null = null
  for (const [place, join] of joins.entries()) {
    const recognition = acrossBreak(join, length, wanted ?? best?.recognition ?? null)
    if (recognition === null) continue
    const left = recognition.message.text.length - recognition.end
    best = { recognition, lines: place + 1, rest: left === 0 ? '' : join.last.slice(-left) }
    if (!recognition.lacksErrno) break
  }
  return best
}

function joinsOf(text: string, line: LogLine, following: readonly LogLine[]): readonly Joins[] {
  const joins: Joins[] = []
  let join: Joins = {
    blank: text,
    glued: line.raw.length < NARROWEST && !text.endsWith('=') ? null : text,
    told: text,
    last: text,
    endsBlank: line.raw.endsWith(' '),
    isPromising: line.isPromising,
  }
  for (const next of following.slice(0, AHEAD)) {
    if (!continues(next)) break
    join = longer(join, next)
    joins.push(join)
  }
  return joins
}

/** Columns of the narrowest terminal that breaks words. */
const NARROWEST = 40

/** Lines put together again: with a blank at every break, with none, or as each break looks. */
interface Joins {
  readonly blank: string
  /** null: no terminal is so narrow. */
  readonly glued: string | null
  readonly told: string
  /** What the last line added. */
  readonly last: string
  /** The last line ended in a blank. */
  readonly endsBlank: boolean
  /** Some line, or a word that a break parts, has a word by which a text is found. */
  readonly isPromising: boolean
}

function longer({ blank, glued, told, endsBlank, isPromising }: Joins, next: LogLine): Joins {
  const [last = ''] = next.clean().texts
  const glue = endsBlank ? ' ' : ''
  return {
    blank: `${blank} ${last}`,
    glued: glued === null ? null : `${unbroken(glued, next)}${glue}${last}`,
    told: `${told}${isCut(told, last) ? glue : ' '}${last}`,
    last,
    endsBlank: next.raw.endsWith(' '),
    isPromising: isPromising || next.isPromising || mayBeKnown(lastWord(told) + firstWord(last)),
  }
}

/** Without the `=` that is the soft break of quoted-printable mail, after which the next line begins with its own blank. */
function unbroken(glued: string, next: LogLine): string {
  if (!glued.endsWith('=')) return glued
  return glued.slice(0, -1) + (next.raw.startsWith(' ') ? ' ' : '')
}

function acrossBreak(
  { blank, glued, told, isPromising }: Joins,
  across: number,
  than: Recognition | null,
): Recognition | null {
  if (!isPromising) return null
  for (const joined of new Set([told, blank, glued ?? blank])) {
    const recognition = recognise(joined, across)
    if (recognition !== null && isBetter(recognition, than)) return recognition
  }
  return null
}

/** Of a text that was recognised already, more must be told: its errno, the reason that it wraps, or a longer text. */
function isBetter({ message, start, lacksErrno }: Recognition, than: Recognition | null): boolean {
  if (than === null) return true
  const [known, before] = [message.known, than.message.known]
  if (before.isWrapper && !known.isWrapper) return true
  if (known === before) return than.lacksErrno && !lacksErrno
  return start === than.start && known.text.length > before.text.length
}

/** Whether a break parts one word, or one address: then no blank was there. */
function isCut(before: string, after: string): boolean {
  const [head, tail] = [lastWord(before), firstWord(after)]
  if (partsWord(head, tail)) return true
  if (head === '' || tail === '' || addressesIn(` ${head}${tail}`).length === 0) return false
  return (
    addressesIn(` ${head}${tail}`).length >
    addressesIn(` ${head}`).length + addressesIn(` ${tail}`).length
  )
}

/** Whether two ends make a word of some known text, and are not both such words themselves. */
function partsWord(head: string, tail: string): boolean {
  const one = /[a-z0-9_]{1,40}$/i.exec(head)?.[0]
  const other = /^[a-z0-9_]{1,40}/i.exec(tail)?.[0]
  if (one === undefined || other === undefined || !isKnownWord(one + other)) return false
  return !isKnownWord(one) || !isKnownWord(other)
}

function lastWord(text: string): string {
  return text.slice(text.lastIndexOf(' ') + 1).slice(-80)
}

function firstWord(text: string): string {
  const end = text.indexOf(' ')
  return (end === -1 ? text : text.slice(0, end)).slice(0, 80)
}
