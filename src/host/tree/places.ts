import { type Dirent, lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { watched } from '../watch/watch.js'
import { attempt, errnoFailure } from './failure.js'
import { createLinkResolver, type EntryKind, isOrdinary } from './link-resolver.js'
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
  /** The folder that was listed last: its files are what is asked for next. */
  let near: ListedFolder | undefined

  /** A file of that folder that is nothing unusual; undefined: it is to be found. */
  function nearFile(path: string): string | undefined {
    if (near === undefined || !path.startsWith(near.prefix)) return undefined
    const name = path.slice(near.prefix.length)
    const isPlain = isOrdinary(name) && !name.includes('/') && !near.unusual.has(name)
    return isPlain ? near.place + name : undefined
  }

  return {
    file: (path) => nearFile(path) ?? inRoot(resolver.file(path)),
    unseen(path) {
      if (!isWithoutDevices) return null
      const place = nearFile(path) ?? inRoot(resolver.entry(path))
      return isFailure(place) ? null : place
    },
    entry: (path) => inRoot(resolver.entry(path)),
    list(path) {
      const folder = resolver.folder(path)
      if (isFailure(folder)) return folder
      const entries = touch(absolute(folder.path), (place) =>
        readdirSync(place, { withFileTypes: true }),
      )
      if (isFailure(entries)) return entries
      folder.unusual ??= unusualEntries(entries, shared)
      const { unusual } = folder
      near = unusual && { prefix: `${path}/`, place: `${absolute(folder.path)}/`, unusual }
      return entries.map(nameOf)
    },
  }
}

/** A folder whose listing told what in it is no regular file. */
interface ListedFolder {
  /** What paths in it begin with, as it was asked for and where it stands. */
  readonly prefix: string
  readonly place: string
  readonly unusual: ReadonlyMap<string, EntryKind>
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
  const others = entries.filter(isNoFile)
  const kinds = others.map(kindOf)
  const isAllLinks = others.length === entries.length && kinds.every((kind) => kind === 'link')
  if (isAllLinks || kinds.includes(undefined)) return undefined
  const key = `${others.map(nameOf).join('/')}//${kinds.join('/')}`
  const known = shared.get(key)
  if (known !== undefined) return known
  const made = kindByName(others)
  if (shared.size < SHARED_LISTS) shared.set(key, made)
  return made
}

function isNoFile(entry: Dirent): boolean {
  return !entry.isFile()
}

function nameOf({ name }: Dirent): string {
  return name
}

function kindByName(entries: readonly Dirent[]): ReadonlyMap<string, EntryKind> {
  const kinds = new Map<string, EntryKind>()
  for (const entry of entries) {
    const kind = kindOf(entry)
    if (kind !== undefined) kinds.set(entry.name, kind)
  }
  return kinds
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
