import type { RecognisedMessage } from '../catalogue/message.js'
import { messagesIn } from './clean-line.js'
import { type Counted, keptMessages, type OmittedKind } from './kept-messages.js'
import { type NearMessage, nearestMessages } from './nearest-messages.js'
import { recognise } from './recognise.js'
import { isReason, namesFunction, wrapperWatch } from './wrappers.js'

/** A line that speaks of VFIO or a reset and is in no catalogue. */
export interface UnknownMessage {
  readonly text: string
  readonly count: number
  readonly line: number
  readonly nearest: readonly NearMessage[]
}

/** What stands in a log. */
export interface LogReading {
  readonly messages: readonly Counted[]
  readonly unknown: readonly UnknownMessage[]
  /** Lines that were not empty. */
  readonly lines: number
  /** Different messages that are not told because there were too many, the most frequent diagnosis first. */
  readonly omitted: readonly OmittedKind[]
}

/** Takes a log line by line, so that its size does not matter. */
export interface LogReader {
  readonly take: (line: string) => void
  readonly finish: () => LogReading
}

/** Lines that look as if they belonged here and are in no catalogue: kept as far as they help. */
const UNKNOWN_LIMIT = 5

/** A reader of one log. The same message about the same functions is told once, whatever its time. */
export function readLog(): LogReader {
  const known = keptMessages()
  const wrappers = wrapperWatch()
  const strange = strangeLines()
  let number = 0
  let lines = 0
  const note = (message: RecognisedMessage, line: number): void => {
    if (!wrappers.isExplained(message, line)) known.add(message, line)
    const wrapper = wrappers.explainedBy(message, line)
    if (wrapper !== null) known.retract(wrapper)
  }
  return {
    take: (line) => {
      number++
      if (line.trim() === '') return
      lines++
      // The first line is always looked at: it may be the only one.
      if (lines > 1 && !mayMatter(line)) return
      for (const text of messagesIn(line)) {
        const message = recognise(text)
        if (message === null) strange.add(text, number)
        else note(message, number)
      }
    },
    finish: () => {
      const messages = merge(known.messages())
      const isAlone = messages.length === 0 && lines === 1
      return { messages, unknown: strange.list(isAlone), lines, omitted: known.omitted() }
    },
  }
}

function strangeLines() {
  const kept = new Map<string, { text: string; count: number; line: number; isRelevant: boolean }>()
  return {
    add(text: string, line: number): void {
      const isRelevant = RELEVANT.test(text) && TROUBLE.test(text)
      // The first is kept whatever it says.
      if (!isRelevant && kept.size > 0) return
      const key = text.replace(/\d{1,20}/g, '0')
      const before = kept.get(key)
      if (before !== undefined) before.count++
      else if (kept.size <= UNKNOWN_LIMIT) kept.set(key, { text, count: 1, line, isRelevant })
    },
    /** `isAlone`: nothing else was read, so that even noise deserves an answer. */
    list: (isAlone: boolean): readonly UnknownMessage[] =>
      [...kept.values()]
        .filter(({ isRelevant }) => isRelevant || isAlone)
        .slice(0, UNKNOWN_LIMIT)
        .map(({ text, count, line }) => ({ text, count, line, nearest: nearestMessages(text) })),
  }
}

const RELEVANT = /vfio|iommu|hot.?reset|bus reset|\bFLR\b|passthrough|hostpci|hostdev/i
const TROUBLE =
  /\b(?:fail\w*|errors?|cannot|can't|unable|refus\w*|invalid|denied|busy|abort\w*|not (?:be|found|viable|owned|supported|permitted|possible|allowed))\b/i

/** Lines that add nothing to another are no messages of their own; nor is a text that only wraps a reason which is told. */
function merge(counted: readonly Counted[]): readonly Counted[] {
  const reasons = counted.map(({ message }) => message).filter(isReason)
  const kept = counted.filter(({ message }) => !isWrapperOf(message, reasons))
  return kept.filter((each) => !kept.some((other) => isPartOf(each, other)))
}

/** A wrapper belongs to the reasons that are about its function; what `wrapperWatch` kept names none, and stays. */
function isWrapperOf(message: RecognisedMessage, reasons: readonly RecognisedMessage[]): boolean {
  return (
    message.known.isWrapper &&
    namesFunction(message) &&
    reasons.some(({ devices }) => devices.some((device) => message.devices.includes(device)))
  )
}

/**
 * The same diagnosis by the same program that names nothing more, such as QEMU's "Please ensure all devices ..." after
 * "group 1 is not viable". Of two that say the same the earlier stays.
 */
function isPartOf(each: Counted, other: Counted): boolean {
  if (each === other || !isWithin(each.message, other.message)) return false
  return !isWithin(other.message, each.message) || other.line < each.line
}

function isWithin(part: RecognisedMessage, whole: RecognisedMessage): boolean {
  return (
    part.id === whole.id &&
    part.known.origin === whole.known.origin &&
    (part.errno === null || part.errno === whole.errno) &&
    part.devices.every((device) => whole.devices.includes(device)) &&
    part.groups.every((group) => whole.groups.includes(group)) &&
    part.cdevs.every((cdev) => whole.cdevs.includes(cdev))
  )
}

/** Words of which every known text has at least one (a test holds that), and those of texts that look as if they belonged here. */
const TOPIC =
  /vfio|reset|iommu|rmrr|not ready|power|flr|0x3b|pciehp|slot\(|link active|remap|interrupt|token|capability|\bgroup\b|config space|endpoint|device|pci dev|qemu|1:1 |parent|irq_num|enospc|passthrough|hostpci|ioas|peer-to-peer|\/config/i

/** journald writes a message with unprintable characters as a list of bytes, in which no word can be seen. */
const HIDDEN = /"MESSAGE" ?: ?\[/

/** Whether a line of a log is worth a closer look. Of a log of a whole boot, most are not. */
export function mayMatter(line: string): boolean {
  return TOPIC.test(line) || HIDDEN.test(line)
}
