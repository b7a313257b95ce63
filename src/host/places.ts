import { type Dirent, lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { errnoFailure, failureOf } from './failure.js'
import { createLinkResolver, type EntryKind } from './link-resolver.js'
import { isFailure, type ReadFailure } from './tree.js'
import { nameOf, parentOf } from './tree-path.js'

/** Where the files of a tree stand in the file system; `path`s are those of the tree. */
export interface Places {
  /** Absolute path of a regular file. */
  file(path: string): string | ReadFailure
  /** Absolute path of an entry that is not followed, such as a link to be read. */
  entry(path: string): string | ReadFailure
  /** Names in a folder, ascending: libuv sorts them. */
  list(path: string): readonly string[] | ReadFailure
}

/** The running host, below `root` without a trailing slash: whatever its sysfs and procfs link to may be read. */
export function trustedPlaces(root: string): Places {
  const absolute = (path: string) => `${root}/${path}`
  return {
    file: absolute,
    entry: absolute,
    list: (path) => attempt(() => readdirSync(absolute(path))),
  }
}

/**
 * A folder that may be hostile: nothing outside it is found. Everything is looked at before it is opened, since opening is
 * enough to set off some device nodes. A tree that somebody changes between the two is not guarded against.
 */
export function confinedPlaces(root: string): Places {
  const absolute = (path: string) => (path === '' ? root : `${root}/${path}`)
  const inRoot = (path: string | ReadFailure) => (isFailure(path) ? path : absolute(path))
  /** What listings told of a folder: all that is no regular file, and needs no further look. */
  const listed = new Map<string, ReadonlyMap<string, EntryKind>>()

  function look(path: string): EntryKind | ReadFailure {
    const told = listed.get(parentOf(path))
    if (told !== undefined) return told.get(nameOf(path)) ?? 'file'
    const stat = attempt(() => lstatSync(absolute(path), { throwIfNoEntry: false }))
    if (stat === undefined) return errnoFailure('ENOENT')
    return isFailure(stat) ? stat : (kindOf(stat) ?? errnoFailure('EINVAL'))
  }

  const resolver = createLinkResolver({
    look,
    readLink: (path) => attempt(() => readlinkSync(absolute(path))),
  })

  return {
    file: (path) => inRoot(resolver.file(path)),
    entry: (path) => inRoot(resolver.entry(path)),
    list(path) {
      const folder = resolver.folder(path)
      if (isFailure(folder)) return folder
      const entries = attempt(() => readdirSync(absolute(folder), { withFileTypes: true }))
      if (isFailure(entries)) return entries
      const kinds = unusualKinds(entries)
      if (kinds !== undefined) listed.set(folder, kinds)
      return entries.map(({ name }) => name)
    },
  }
}

function attempt<T>(read: () => T): T | ReadFailure {
  try {
    return read()
  } catch (error) {
    return failureOf(error)
  }
}

/** undefined: the file system does not tell kinds in its listings (DT_UNKNOWN). */
function unusualKinds(entries: readonly Dirent[]): ReadonlyMap<string, EntryKind> | undefined {
  const kinds = new Map<string, EntryKind>()
  for (const entry of entries) {
    const kind = kindOf(entry)
    if (kind === undefined) return undefined
    if (kind !== 'file') kinds.set(entry.name, kind)
  }
  return kinds
}

function kindOf(entry: Dirent | Stats): EntryKind | undefined {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (entry.isSymbolicLink()) return 'link'
  if (entry.isFIFO()) return 'FIFO'
  if (entry.isSocket()) return 'socket'
  return entry.isCharacterDevice() || entry.isBlockDevice() ? 'device node' : undefined
}
