import { addressesIn } from './find-addresses.js'
import { isListed } from './listing.js'
import { type NearMessage, nearestMessages } from './nearest-messages.js'

/** A line that looks as if it belonged here and is in no catalogue. */
export interface UnknownMessage {
  readonly text: string
  readonly count: number
  readonly line: number
  readonly nearest: readonly NearMessage[]
}

/** Different lines that are listed; the others are counted. */
const LISTED = 8

/** Different lines that are kept to choose from. */
const KEPT = 200

/** Lines that can be taken back. */
const RECENT = 80

/** What a line says by being there: an error about a function is worth more than the mere name of one. */
type Rank = 0 | 1 | 2 | 3

interface Strange {
  readonly text: string
  readonly line: number
  readonly rank: Rank
  count: number
}

const RELEVANT =
  /vfio|iommu|hot.?reset|bus reset|\bFLR\b|passthrough|hostpci|hostdev|pci(?:front|back)/i
const TROUBLE =
  /\b(?:fail\w*|errors?|cannot|can't|unable|refus\w*|invalid|denied|busy|abort\w*|timed? ?out|timeout|panic|fatal|not (?:be|found|viable|owned|supported|permitted|possible|allowed|ready|respond\w*))\b/i
const SHOUTED = /\bERROR\b|\bFATAL\b|\blevel="?(?:error|fatal)\b/

/** A cheap first look: lines without any of these are of no rank. */
const SIGN =
  /vfio|iommu|reset|flr|passthrough|host(?:pci|dev)|pci(?:front|back)|error|fatal|:[01][0-9a-f]\.[0-7]/i

/** Whether a line may have to be listed where it is not known. */
export function mayBeStrange(raw: string): boolean {
  return SIGN.test(raw)
}

/** The lines that are not known and name a function, or an error. */
export function strangeLines() {
  const kept = new Map<string, Strange>()
  /** The lines last added, by number. */
  const recent = new Map<number, string>()
  let first: Strange | null = null
  let lost = 0
  return {
    add(text: string, line: number): void {
      first ??= { text, line, rank: 0, count: 1 }
      const rank = rankOf(text)
      if (rank === null) return
      const key = text.replace(/0x[0-9a-f]{1,16}|\d{1,20}/gi, '0')
      const before = kept.get(key)
      recent.set(line, key)
      if (recent.size > RECENT) recent.delete(recent.keys().next().value ?? 0)
      if (before !== undefined) before.count++
      else if (kept.size < KEPT || makesRoom(kept, rank))
        kept.set(key, { text, line, rank, count: 1 })
      else lost++
    },
    /** Takes back a line that turned out to belong to a message. */
    retract(line: number): void {
      const key = recent.get(line)
      const entry = key === undefined ? undefined : kept.get(key)
      if (key === undefined || entry === undefined) return
      recent.delete(line)
      entry.count--
      if (entry.count === 0) kept.delete(key)
    },
    /** `isAlone`: nothing else was read, so that even noise deserves an answer. `isKnown`: something was recognised. */
    list(isAlone: boolean, isKnown: boolean): readonly UnknownMessage[] {
      const all = isAlone && kept.size === 0 && first !== null ? [first] : [...kept.values()]
      return chosen(all, isKnown).map(({ text, count, line, rank }) => ({
        text,
        count,
        line,
        nearest: rank > 1 || isAlone ? nearestMessages(text) : [],
      }))
    },
    /** Different lines that are not listed. */
    unlisted: (isKnown: boolean): number =>
      lost + kept.size - chosen([...kept.values()], isKnown).length,
  }
}

/** Of many lines those that merely name a function are listed only where nothing better is there: a boot has hundreds. */
function chosen(all: readonly Strange[], isKnown: boolean): readonly Strange[] {
  const isCrowd = all.length > LISTED && (isKnown || all.some(({ rank }) => rank > 0))
  const least = isCrowd ? 1 : 0
  return all
    .filter(({ rank }) => rank >= least)
    .sort((a, b) => b.rank - a.rank || a.line - b.line)
    .slice(0, LISTED)
    .sort((a, b) => a.line - b.line)
}

function rankOf(text: string): Rank | null {
  if (!SIGN.test(text) || isListed(text)) return null
  const isTrouble = TROUBLE.test(text)
  if (isTrouble && RELEVANT.test(text)) return 3
  const names = addressesIn(text).length > 0
  if (isTrouble && names) return 2
  if (SHOUTED.test(text)) return 1
  return names ? 0 : null
}

/** A line of the least rank gives way to one of a higher. */
function makesRoom(kept: Map<string, Strange>, rank: Rank): boolean {
  for (const [key, each] of kept) {
    if (each.rank >= rank) continue
    kept.delete(key)
    return true
  }
  return false
}
