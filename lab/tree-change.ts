import type { RecordedEntry, RecordedTree } from './agent/protocol.js'

/** How a host's tree differs from an earlier recording of it. */
export interface TreeChange {
  /** Entries that are new, or not what they were. */
  readonly changed: readonly RecordedEntry[]
  /** Paths that are gone, each with all that was below it. */
  readonly gone: readonly string[]
  /** What was made in which order, as the later recording has it. */
  readonly made?: readonly string[]
}

export function compareTrees(before: RecordedTree, after: RecordedTree): TreeChange {
  const old = new Map(before.entries.map((entry) => [entry[0], JSON.stringify(entry)]))
  const now = new Set(after.entries.map(([path]) => path))
  return {
    changed: after.entries.filter((entry) => old.get(entry[0]) !== JSON.stringify(entry)),
    gone: [...old.keys()].filter((path) => !now.has(path) && !isBelowGone(path, old, now)),
    ...(after.made === undefined ? {} : { made: after.made }),
  }
}

/** The later recording, from the earlier one and the change. */
export function applyChange(
  { entries }: RecordedTree,
  { changed, gone, made }: TreeChange,
): RecordedTree {
  const absent = new Set(gone)
  const replaced = new Set(changed.map(([path]) => path))
  const kept = entries.filter(
    ([path]) =>
      !replaced.has(path) && ![path, ...foldersAbove(path)].some((one) => absent.has(one)),
  )
  return { entries: [...kept, ...changed], ...(made === undefined ? {} : { made }) }
}

/** Told by the folder that went away with it. */
function isBelowGone(
  path: string,
  old: ReadonlyMap<string, string>,
  now: ReadonlySet<string>,
): boolean {
  return foldersAbove(path).some((folder) => old.has(folder) && !now.has(folder))
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}
