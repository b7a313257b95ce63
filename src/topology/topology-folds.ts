import { isBridge } from '../document/function-text.js'
import { isStated } from '../document/stated.js'
import type { RelatedFunction } from '../inspect/document.js'
import { type Entry, entryId, type Forest, functionsWithin, rowsOf, type Tree } from './forest.js'

/** Rows of a drawing that is looked at as a whole. */
export const USUAL_ROWS = 90

/**
 * What to fold so that a drawing has about `rows` rows more than its root buses have functions. Stacks and cards for
 * several functions stay closed; ports are opened from the top, those first below which VFIO has something.
 */
export function usualFolds({ roots }: Forest, rows: number): ReadonlySet<string> {
  const folded = new Set<string>()
  let left = rows
  for (let open = roots.flatMap(({ entries }) => entries); open.length > 0; ) {
    const below: Entry[] = []
    for (const entry of interestingFirst(open)) {
      if (entry.kind === 'stack') {
        folded.add(entryId(entry))
        left -= entry.rows.length - 1
        below.push(...entry.rows.flatMap((row) => row.below))
        continue
      }
      // The first child takes the row of its parent.
      const more = entry.below.length - 1
      if (entry.kind !== 'function' || (more > 0 && more > left)) folded.add(entryId(entry))
      else {
        left -= Math.max(0, more)
        below.push(...entry.below)
      }
    }
    open = below
  }
  return folded
}

/** Cards and stacks that must be open for a function to be seen by itself. */
export function pathTo(address: string, { roots }: Forest): readonly string[] {
  const waiting = roots
    .flatMap(({ entries }) => entries)
    .map((entry) => ({ entry, above: [] as readonly string[] }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { entry, above } = next
    if (entry.kind === 'function' && entry.functions[0].address === address) return above
    const inside = entry.kind === 'stack' ? entry.units.flat() : entry.below
    const path = inside.length === 0 ? above : [...above, entryId(entry)]
    for (const each of inside) waiting.push({ entry: each, above: path })
  }
  return []
}

/** Stacks and cards of several in which everything that somebody could be given is among these functions. */
export function gatheredWithin(
  addresses: readonly string[],
  { roots }: Forest,
): ReadonlySet<string> {
  const inside = new Set(addresses)
  const gathered = new Set<string>()
  const waiting = roots.flatMap(({ entries }) => entries)
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const rows = rowsOf(entry)
    const given = [...functionsWithin(rows)].filter((each) => !isBridge(each))
    if (entry.kind !== 'function' && given.every(({ address }) => inside.has(address))) {
      gathered.add(entryId(entry))
    } else waiting.push(...rows.flatMap(({ below }) => below))
  }
  return gathered
}

function interestingFirst(entries: readonly Entry[]): readonly Entry[] {
  const interesting = new Set(entries.filter(isInteresting))
  return [...interesting, ...entries.filter((entry) => !interesting.has(entry))]
}

/** Below it, within a few levels, something is given to users. */
function isInteresting(entry: Entry): boolean {
  let level: readonly Tree[] = rowsOf(entry)
  for (let depth = 0; depth < LOOK_DOWN && level.length > 0; depth += 1) {
    if (level.some(({ functions }) => functions.some(isGiven))) return true
    level = level.flatMap(({ below }) => below.flatMap(rowsOf))
  }
  return false
}

/** Root port, switch, its port, function. */
const LOOK_DOWN = 4

/** VFs are left out: their PF has a card of them all. */
function isGiven({ vfio, sriov }: RelatedFunction): boolean {
  return vfio === true && !(isStated(sriov) && sriov?.role === 'vf')
}
