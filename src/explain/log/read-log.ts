import type { RecognisedMessage } from '../catalogue/message.js'
import type { Platform } from '../catalogue/platform.js'
import { type Gathered, gathered } from './gathered.js'
import { keptMessages, type OmittedKind } from './kept-messages.js'
import { linesBefore } from './lines-before.js'
import { type Listing, listingWatch } from './listing.js'
import { continues, isCutWord, isShort, type LogLine, logLine } from './log-line.js'
import { platformWatch } from './platform-signs.js'
import { type Recognition, recognise } from './recognise.js'
import { mayBeStrange, strangeLines, type UnknownMessage } from './strange-lines.js'
import { wholeLines } from './whole-lines.js'
import { AHEAD, acrossLines } from './wrapped.js'
import { wrapperWatch } from './wrappers.js'

/** What stands in a log. */
export interface LogReading {
  readonly messages: readonly Gathered[]
  readonly unknown: readonly UnknownMessage[]
  /** Different lines that name a function or an error, are not known, and are not in `unknown` because there are too many. */
  readonly unlisted: number
  /** Lines that were not empty. */
  readonly lines: number
  /** Different messages that are not told because there were too many, the most frequent diagnosis first. */
  readonly omitted: readonly OmittedKind[]
  /** What the log says about the machine that it is from. */
  readonly platform: Platform
  /** The text is a list of functions, not a log; null: it is none. */
  readonly listing: Listing | null
}

/** Takes a log line by line, so that its size does not matter. */
export interface LogReader {
  readonly take: (line: string) => void
  readonly finish: () => LogReading
}

/** A reader of one log. The same message about the same functions is told once, whatever its time. */
export function readLog(): LogReader {
  const found: Found = {
    known: keptMessages(),
    wrappers: wrapperWatch(),
    strange: strangeLines(),
    before: linesBefore(),
  }
  const { known, strange } = found
  const platform = platformWatch()
  const listing = listingWatch()
  const ahead: LogLine[] = []
  let number = 0
  let lines = 0
  /** Lines in which a message only goes on. */
  let continued = 0

  const settleNext = (): void => {
    const line = ahead.shift() as LogLine
    settle(line, textsOf(line, ahead, lines), ahead, found)
    if (line.rest !== null) continued++
  }
  const whole = wholeLines((physical) => {
    if (physical.text.trim() === '') return
    lines++
    platform.take(physical.text)
    listing.take(physical.text)
    ahead.push(logLine(physical))
    if (ahead.length > AHEAD) settleNext()
  })
  return {
    take: (line) => whole.take(line, ++number),
    finish: () => {
      whole.end()
      while (ahead.length > 0) settleNext()
      const messages = gathered(known.messages(), lines - continued)
      const isKnown = messages.length > 0
      return {
        messages,
        unknown: strange.list(!isKnown && lines === 1, isKnown),
        unlisted: strange.unlisted(isKnown),
        lines,
        omitted: known.omitted(),
        platform: platform.platform(),
        listing: listing.listing(),
      }
    },
  }
}

/** What the lines up to now came to. */
interface Found {
  readonly known: ReturnType<typeof keptMessages>
  readonly wrappers: ReturnType<typeof wrapperWatch>
  readonly strange: ReturnType<typeof strangeLines>
  readonly before: ReturnType<typeof linesBefore>
}

/** Takes the messages out of a line, of which `ahead` are the next ones. */
function settle(
  line: LogLine,
  texts: readonly string[],
  ahead: readonly LogLine[],
  found: Found,
): void {
  const messages = texts.flatMap((text, place) => {
    const recognition = wholeMessage(text, line, place === texts.length - 1 ? ahead : [])
    if (recognition !== null) return [withFunction(recognition, line, found)]
    if (line.rest === null && place === 0) found.strange.add(text, line.number)
    return []
  })
  for (const message of messages.filter(isFirstOfItsKind)) note(message, line.number, found)
  found.before.add(line)
}

/** What wraps a message that is told anyway is not told beside it. */
function note(message: RecognisedMessage, line: number, { known, wrappers }: Found): void {
  if (!wrappers.isExplained(message, line)) known.add(message, line)
  const wrapper = wrappers.explainedBy(message, line)
  if (wrapper !== null) known.retract(wrapper)
}

/** A message that names no function is about those of the lines before it that belong to it. */
function withFunction(
  { message, start }: Recognition,
  line: LogLine,
  { before, strange }: Found,
): RecognisedMessage {
  const lead = message.text.slice(0, start)
  const isWhole = message.devices.length > 0 && !lead.includes('}')
  if (isWhole || line.clean().isRecord) return message
  const { lines, devices } = before.belongingTo(line, lead)
  for (const each of lines) strange.retract(each.number)
  return message.devices.length > 0 ? message : { ...message, devices, device: devices[0] ?? null }
}

/** Whether a message lacks nothing, and something else stands behind it in its line. */
function isOver({ message, end, lacksErrno }: Recognition, text: string): boolean {
  return end < text.length && !lacksErrno && !message.known.isWrapper
}

/** Pieces of a long line overlap, so that one message may stand in two. */
function isFirstOfItsKind(
  { known, devices }: RecognisedMessage,
  place: number,
  all: readonly RecognisedMessage[],
): boolean {
  const key = String(devices)
  return all.findIndex((each) => each.known === known && String(each.devices) === key) === place
}

const NOTHING: readonly string[] = []

/** What of a line is to be looked at: most lines of a log are not worth it. The first may be the only one. */
function textsOf(line: LogLine, ahead: readonly LogLine[], lines: number): readonly string[] {
  if (line.rest !== null) return line.rest.trim() === '' ? NOTHING : [line.rest]
  const isWorth = line.isPromising || lines === 1 || mayBeStrange(line.raw) || mayGoOn(line, ahead)
  return isWorth ? line.clean().texts : NOTHING
}

/** Whether a message can begin in a line that alone says nothing. */
function mayGoOn(line: LogLine, ahead: readonly LogLine[]): boolean {
  const [next] = ahead
  if (next === undefined || !isShort(line)) return false
  return (ahead.some(({ isPromising }) => isPromising) || isCutWord(line, next)) && continues(next)
}

/** The message in a text, with what of it stands in the lines that follow. */
function wholeMessage(text: string, line: LogLine, ahead: readonly LogLine[]): Recognition | null {
  const alone = recognise(text)
  if (alone !== null && isOver(alone, text)) return alone
  const wrapped = acrossLines(text, line, ahead, alone)
  if (wrapped === null) return alone
  for (const [place, each] of ahead.slice(0, wrapped.lines).entries()) {
    each.rest = place === wrapped.lines - 1 ? wrapped.rest : ''
  }
  return wrapped.recognition
}
