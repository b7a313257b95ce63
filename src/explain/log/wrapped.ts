import { addressesIn } from './find-addresses.js'
import { continues, isShort, type LogLine } from './log-line.js'
import { mayBeKnown, type Recognition, recogniseIn } from './recognise.js'

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
  let joins: Joins = { blank: text, glued: text, told: text, isPromising: line.isPromising }
  let best: Wrapped | null = null
  for (const [place, next] of following.slice(0, AHEAD).entries()) {
    if (!continues(next)) break
    const [more = ''] = next.clean().texts
    joins = longer(joins, more, next)
    const recognition = acrossBreak(joins, text.length, wanted ?? best?.recognition ?? null)
    if (recognition === null) continue
    const left = recognition.message.text.length - recognition.end
    best = { recognition, lines: place + 1, rest: left === 0 ? '' : more.slice(-left) }
    if (!recognition.lacksErrno) break
  }
  return best
}

/** Lines put together again: with a blank at every break, with none, or as each break looks. */
interface Joins {
  readonly blank: string
  readonly glued: string
  readonly told: string
  /** Some line, or a word that a break parts, has a word by which a text is found. */
  readonly isPromising: boolean
}

function longer({ blank, glued, told, isPromising }: Joins, more: string, next: LogLine): Joins {
  return {
    blank: `${blank} ${more}`,
    glued: `${glued}${more}`,
    told: `${told}${isCut(told, more) ? '' : ' '}${more}`,
    isPromising: isPromising || next.isPromising || mayBeKnown(lastWord(told) + firstWord(more)),
  }
}

function acrossBreak(
  { blank, glued, told, isPromising }: Joins,
  across: number,
  than: Recognition | null,
): Recognition | null {
  if (!isPromising) return null
  for (const joined of new Set([told, blank, glued])) {
    const recognition = recogniseIn(joined, across)
    if (recognition !== null && isBetter(recognition, than)) return recognition
  }
  return null
}

/** Of a text that was recognised already, more must be told: its errno, or the reason that it wraps. */
function isBetter({ message, lacksErrno }: Recognition, than: Recognition | null): boolean {
  if (than === null) return true
  if (than.message.known.isWrapper && !message.known.isWrapper) return true
  return message.known === than.message.known && than.lacksErrno && !lacksErrno
}

/** Whether a break parts one word, or one address: then no blank was there. */
function isCut(before: string, after: string): boolean {
  const [head, tail] = [lastWord(before), firstWord(after)]
  if (head === '' || tail === '') return false
  return (
    addressesIn(` ${head}${tail}`).length >
    addressesIn(` ${head}`).length + addressesIn(` ${tail}`).length
  )
}

function lastWord(text: string): string {
  return /[^\s]{1,80}$/.exec(text.slice(-80))?.[0] ?? ''
}

function firstWord(text: string): string {
  return /^[^\s]{1,80}/.exec(text)?.[0] ?? ''
}
