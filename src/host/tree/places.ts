import { type Dirent, lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { watched } from '../watch/watch.js'
import { attempt, errnoFailure } from './failure.js'
import { createLinkResolver, type EntryKind } from './link-resolver.js'
import { isFailure, type ReadFailure } from './tree.js'

/** Where the files of a tree stand in the file system; `path`s are those of the tree. */
export interface Places {
  /** Absolute path of a regular file. */
  file(path: string): string | ReadFailure
  /**
   * The same without a look at the file itself, where to open anything does no harm. Opened without following a link and read by
   * `pread`, whatever is no regular file fails. null: it has to be looked at.
   */
  unseen(path: string): string | null
  /** Absolute path of an entry that is not followed, such as a link to be read. */
  entry(path: string): string | ReadFailure
  /** Names in a folder, ascending: libuv sorts them. */
  list(path: string): readonly string[] | ReadFailure
}

export interface PlaceOptions {
  /** The kernel opens no device node in the folder (`nodev`). */
  readonly isWithoutDevices: boolean
}

/** The running host, below `root` without a trailing slash: whatever its sysfs and procfs link to may be read. */
export function trustedPlaces(root: string): Places {
  const absolute = (path: string) => `${root}/${path}`
  return {
    file: absolute,
    unseen: () => null,
    entry: absolute,
    list: (path) => touch(absolute(path), (place) => readdirSync(place)),
  }
}

/**
 * A folder that may be hostile: nothing outside it is found. Everything is looked at before it is opened, since opening is
 * enough to set off some device nodes; not so where the kernel opens none. A tree that somebody changes between the two is not
 * guarded against.
 */
export function confinedPlaces(root: string, { isWithoutDevices }: PlaceOptions): Places {
  const absolute = (path: string) => (path === '' ? root : `${root}/${path}`)
  const inRoot = (path: string | ReadFailure) => (isFailure(path) ? path : absolute(path))
  const resolver = createLinkResolver({
    look: (path) => look(absolute(path)),
    readLink: (path) => readTarget(absolute(path)),
  })
  /** Functions hold much the same: the few lists there are get shared. */
  const shared = new Map<string, ReadonlyMap<string, EntryKind>>()
  return {
    file: (path) => inRoot(resolver.file(path)),
    unseen(path) {
      const place = isWithoutDevices ? resolver.entry(path) : null
      return place === null || isFailure(place) ? null : absolute(place)
    },
    entry: (path) => inRoot(resolver.entry(path)),
    list(path) {
      const folder = resolver.folder(path)
      if (isFailure(folder)) return folder
      const entries = touch(absolute(folder.path), (place) =>
        readdirSync(place, { withFileTypes: true }),
      )
      if (isFailure(entries)) return entries
      folder.unusual = unusualEntries(entries, shared)
      return namesOf(entries)
    },
  }
}

/** Target of a link as it is written in it; the path is absolute. */
export function readTarget(path: string): string | ReadFailure {
  return touch(path, (place) => readlinkSync(place))
}

function touch<T>(path: string, use: (path: string) => T): T | ReadFailure {
  return watched(path, () => attempt(() => use(path)))
}

/** Lists that are kept to be shared. */
const SHARED_LISTS = 1024

function look(path: string): EntryKind | ReadFailure {
  const stat = touch(path, (place) => lstatSync(place, { throwIfNoEntry: false }))
  if (stat === undefined) return errnoFailure('ENOENT')
  return isFailure(stat) ? stat : (kindOf(stat) ?? errnoFailure('EINVAL'))
}

/** undefined: there is nothing in it but links, or the file system does not tell kinds in its listings (DT_UNKNOWN). */
function unusualEntries(
  entries: readonly Dirent[],
  shared: Map<string, ReadonlyMap<string, EntryKind>>,
): ReadonlyMap<string, EntryKind> | undefined {
  const kinds: [string, EntryKind][] = []
  let hasOthers = false
  let key = ''
  for (const entry of entries) {
    const kind = kindOf(entry)
    if (kind === undefined) return undefined
    hasOthers ||= kind !== 'link'
    if (kind === 'file') continue
    kinds.push([entry.name, kind])
    key += `${entry.name}/${kind}/`
  }
  if (!hasOthers) return undefined
  const known = shared.get(key)
  if (known !== undefined) return known
  const made = new Map(kinds)
  if (shared.size < SHARED_LISTS) shared.set(key, made)
  return made
}

function namesOf(entries: readonly Dirent[]): string[] {
  const names: string[] = []
  for (const { name } of entries) names.push(name)
  return names
}

/** undefined: the file system does not say. */
export function kindOf(entry: Dirent | Stats): EntryKind | undefined {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (entry.isSymbolicLink()) return 'link'
  if (entry.isFIFO()) return 'FIFO'
  if (entry.isSocket()) return 'socket'
  return entry.isCharacterDevice() || entry.isBlockDevice() ? 'device node' : undefined
}
