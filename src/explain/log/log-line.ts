import { type CleanLine, cleanLine } from './clean-line.js'
import { mayBeKnown } from './recognise.js'
import type { WholeLine } from './whole-lines.js'

/** A line of a log, cleaned only when somebody asks. */
export interface LogLine {
  readonly number: number
  readonly raw: string
  /** It has a word by which some known text is found. */
  readonly isPromising: boolean
  readonly clean: () => CleanLine
  /** What is left of it for itself where a message of an earlier line goes on in it; null: all of it. */
  rest: string | null
}

/** journald writes a message with unprintable characters as a list of bytes, in which no word can be seen. */
const HIDDEN = /"MESSAGE" ?: ?\[/

export function logLine({ text, number }: WholeLine): LogLine {
  let cleaned: CleanLine | null = null
  return {
    number,
    raw: text,
    isPromising: mayBeKnown(text) || HIDDEN.test(text),
    clean: () => (cleaned ??= cleanLine(text)),
    rest: null,
  }
}

/** Columns of the widest terminal or mail that lines are taken to be wrapped by. */
const WIDEST = 400

/** Whether the line can be the beginning, or a part, of a line that somebody wrapped. */
export function isShort({ raw }: LogLine): boolean {
  return raw.length <= WIDEST
}

/** Whether the line can go on with what an earlier one began. */
export function continues(line: LogLine): boolean {
  if (!isShort(line)) return false
  const { isHead, isRecord, texts } = line.clean()
  return !isHead && !isRecord && texts.length === 1
}

/** Whether the break between two lines may part a word by which some text is found, as terminals break them. */
export function isCutWord(line: LogLine, next: LogLine): boolean {
  const head = /[a-z0-9_]{1,40}$/i.exec(line.raw.slice(-40))?.[0]
  const tail = /^(?:>\s?)?([a-z0-9_]{1,40})/i.exec(next.raw)?.[1]
  return head !== undefined && tail !== undefined && mayBeKnown(head + tail)
}
