import { DIAGNOSES, type DiagnosisId } from '../catalogue/diagnosis.js'
import type { RecognisedMessage } from '../catalogue/message.js'

/** A message, and how often it stands in the log. */
export interface Counted {
  readonly message: RecognisedMessage
  readonly count: number
  /** Numbers of the lines where it stands first and last, from 1. */
  readonly line: number
  readonly last: number
}

/** Different messages with one diagnosis that were left out. */
export interface OmittedKind {
  readonly id: DiagnosisId
  readonly count: number
}

/** Different messages that are kept. */
const MESSAGE_LIMIT = 200

/** Different messages left out that are counted: where there are so many, there may be more. */
export const OMITTED_LIMIT = 5_000

type Entry = { message: RecognisedMessage; count: number; line: number; last: number }

/**
 * The different messages of a log, bounded: where there are too many, one of a diagnosis that has many gives way to one of a
 * diagnosis that has few, and else a light one to a heavy one, since the last line may be the reason for it all.
 */
export function keptMessages() {
  const kept = new Map<string, Entry>()
  const omitted = new Map<string, DiagnosisId>()
  /** Diagnoses for which nothing gives way as things are, so that a flood of them costs little. */
  const refused = new Set<DiagnosisId>()
  const omit = (key: string, { id }: RecognisedMessage): void => {
    if (omitted.size < OMITTED_LIMIT) omitted.set(key, id)
  }
  return {
    add(message: RecognisedMessage, line: number): void {
      const key = keyOf(message)
      const before = kept.get(key)
      if (before !== undefined) {
        before.count++
        before.last = line
        return
      }
      // Judged already: a message that comes again is no heavier.
      if (omitted.has(key)) return
      if (kept.size < MESSAGE_LIMIT) {
        kept.set(key, { message, count: 1, line, last: line })
        return
      }
      const victim = refused.has(message.id) ? null : givingWay(kept, message)
      if (victim === null) {
        refused.add(message.id)
        omit(key, message)
        return
      }
      refused.clear()
      kept.delete(victim.key)
      omit(victim.key, victim.message)
      kept.set(key, { message, count: 1, line, last: line })
    },
    /** Takes back one that was added. */
    retract(message: RecognisedMessage): void {
      const key = keyOf(message)
      const before = kept.get(key)
      if (before === undefined) return
      before.count--
      if (before.count > 0) return
      kept.delete(key)
      refused.clear()
    },
    /** In the order of their lines. */
    messages: (): readonly Counted[] => [...kept.values()],
    omitted: (): readonly OmittedKind[] => {
      const counts = countsOf([...omitted.values()])
      return [...counts].map(([id, count]) => ({ id, count })).sort((a, b) => b.count - a.count)
    },
  }
}

/** What is harmless is told once, whatever function it is about: a boot alone has one such line for each function. */
function keyOf({ known, id, errno, devices, groups, cdevs }: RecognisedMessage): string {
  return DIAGNOSES[id].weight === 'harmless'
    ? id
    : JSON.stringify([known.origin, id, known.text, errno, devices, groups, cdevs])
}

interface Victim {
  readonly key: string
  readonly message: RecognisedMessage
  /** Messages that its diagnosis has more than the new one's; 0: not enough for that to count. */
  readonly surplus: number
}

/** The message that gives way to `message`, the later one of several alike; null: none does. */
function givingWay(kept: ReadonlyMap<string, Entry>, message: RecognisedMessage): Victim | null {
  const shares = countsOf([...kept.values()].map((each) => each.message.id))
  const own = shares.get(message.id) ?? 0
  let victim: Victim | null = null
  for (const [key, each] of kept) {
    const more = (shares.get(each.message.id) ?? 0) - own
    // One more would only be exchanged to and fro.
    const surplus = more > 1 ? more : 0
    if (surplus === 0 && rankOf(each.message) >= rankOf(message)) continue
    const candidate = { key, message: each.message, surplus }
    if (victim === null || isLighter(candidate, victim)) victim = candidate
  }
  return victim
}

function isLighter(each: Victim, than: Victim): boolean {
  if (each.surplus !== than.surplus) return each.surplus > than.surplus
  return rankOf(each.message) <= rankOf(than.message)
}

const RANKS = {
  fatal: 3,
  'unless-own-reset': 2,
  'unless-hot-reset': 2,
  'cannot-tell': 1,
  harmless: 0,
} as const

/** How much there is to lose with a message; one that only wraps a reason says as little as one that tells nothing. */
function rankOf({ known, id }: RecognisedMessage): number {
  return known.isWrapper ? RANKS['cannot-tell'] : RANKS[DIAGNOSES[id].weight]
}

function countsOf(ids: readonly DiagnosisId[]): Map<DiagnosisId, number> {
  const counts = new Map<DiagnosisId, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}
