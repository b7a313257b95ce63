import { LIMITS } from '../../host/archive/archive-tree.js'
import { childrenOf, MANIFEST } from '../../host/archive/capture-record.js'
import type { Recording } from '../../host/archive/recording-tree.js'
import type { MemoryEntry } from '../../host/tree/memory-tree.js'
import { parentOf } from '../../host/tree/tree-path.js'
import type { Manifest } from './manifest.js'
import { manifestText } from './manifest.js'
import type { ArchiveEntry } from './write-tar.js'

/** Output of a command that went into a capture. */
export interface CommandOutput {
  /** Name of its file in `commands/`. */
  readonly name: string
  readonly text: string
}

/** Everything that stands in a capture, in its order: what it is first, then the tree, then what commands said. */
export function captureEntries(
  recording: Recording,
  manifest: Manifest,
  commands: readonly CommandOutput[],
): readonly ArchiveEntry[] {
  const children = childrenOf(recording)
  const tree = new Map([...recording.entries].filter(canBeHeld))
  for (const { folder } of recording.listings.values()) {
    // A folder shows by what is in it; one of which nothing was read would be lost.
    if (!children.has(folder) && !tree.has(folder) && canBeHeld([folder, null])) {
      tree.set(folder, null)
    }
  }
  return [
    [MANIFEST, manifestText(manifest)],
    ...[...tree].filter(([path]) => !isBuried(path, tree)).sort(([a], [b]) => (a < b ? -1 : 1)),
    ...commands.map(({ name, text }): ArchiveEntry => [`commands/${name}`, text]),
  ]
}

/**
 * Whether our own reader takes the entry: a tree can hold longer and deeper paths than an archive may, and links that lead to
 * its root, or to what has no name.
 */
function canBeHeld([path, entry]: readonly [string, MemoryEntry]): boolean {
  const parts = path.split('/')
  const target = typeof entry === 'object' && entry !== null && 'link' in entry ? entry.link : ''
  return (
    path.length <= LIMITS.pathLength &&
    target.length <= LIMITS.pathLength &&
    parts.length <= LIMITS.depth &&
    !parts.some((part) => part === '' || part === '.' || part === '..')
  )
}

/** A link of a broken tree can lead below a file; no archive could hold both. */
function isBuried(path: string, tree: ReadonlyMap<string, MemoryEntry>): boolean {
  for (let at = parentOf(path); at !== ''; at = parentOf(at)) {
    const above = tree.get(at)
    if (above !== undefined && above !== null) return true
  }
  return false
}
