import type { MemoryEntry } from '../../src/host/tree/memory-tree.js'

/** A tree by path relative to its root, without a leading slash; null is a folder, empty unless others fill it. */
export type HostFiles = Record<string, MemoryEntry>

/** A link at `from` that leads to `to` (both relative to the root), written the way sysfs writes it. */
export function linkTo(from: string, to: string): MemoryEntry {
  const source = from.split('/').slice(0, -1)
  const target = to.split('/')
  let shared = 0
  while (shared < target.length - 1 && source[shared] === target[shared]) shared += 1
  const up = source.slice(shared).map(() => '..')
  return { link: [...up, ...target.slice(shared)].join('/') }
}

/** The tree without these files and everything below these folders. */
export function without(files: HostFiles, ...paths: readonly string[]): HostFiles {
  const gone = (path: string) => paths.some((each) => path === each || path.startsWith(`${each}/`))
  return Object.fromEntries(Object.entries(files).filter(([path]) => !gone(path)))
}
