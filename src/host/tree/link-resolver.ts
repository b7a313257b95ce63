import { errnoFailure, failure } from './failure.js'
import { isFailure, type ReadFailure } from './tree.js'
import { joinPath, LINK_LIMIT, nameOf, parentOf, resolveLink } from './tree-path.js'

/** What can stand at a path. */
export type EntryKind = 'file' | 'folder' | 'link' | 'FIFO' | 'socket' | 'device node'

/** How a tree looks at one path whose folders hold no links. */
export interface Sight {
  readonly look: (path: string) => EntryKind | ReadFailure
  readonly readLink: (path: string) => string | ReadFailure
}

/** A folder that was found. */
export interface FoundFolder {
  /** Its path without links. */
  readonly path: string
  /**
   * What a listing told: everything in the folder that is no regular file. A file that is none of it may be opened without
   * a look, if it is there at all. undefined: not listed.
   */
  unusual: ReadonlyMap<string, EntryKind> | undefined
}

/**
 * Finds what stands at a path of a tree that may be hostile, so that none of its links leads out of it: links are followed
 * here, by path arithmetic, and never by the kernel. Folders are looked at once.
 */
export interface LinkResolver {
  /** Path without links of a regular file. */
  file(path: string): string | ReadFailure
  folder(path: string): FoundFolder | ReadFailure
  /** Path of an entry that is not followed itself, such as a link to be read; the folders before it are. */
  entry(path: string): string | ReadFailure
}

export function createLinkResolver({ look, readLink }: Sight): LinkResolver {
  const folders = createFolderMemory()
  /** Files are asked for folder by folder: that of the last one, by the path before its name. */
  let near: { readonly prefix: string; readonly folder: FoundFolder } | undefined

  /** Folder that an entry is in. */
  function folderOf(path: string, links: number): FoundFolder | ReadFailure {
    const end = path.lastIndexOf('/') + 1
    if (near?.prefix.length === end && path.startsWith(near.prefix)) return near.folder
    const folder = folderAt(parentOf(path), links)
    if (links === 0 && !isFailure(folder)) near = { prefix: path.slice(0, end), folder }
    return folder
  }

  function folderAt(path: string, links: number): FoundFolder | ReadFailure {
    const known = folders.at(path)
    if (known !== undefined) return known
    const folder = findFolder(path, links)
    // Whether a chain of links is too long depends on where it began: such an answer holds for this way only.
    if (links === 0) folders.keep(path, folder)
    return folder
  }

  function findFolder(path: string, links: number): FoundFolder | ReadFailure {
    const real = find(path, 'folder', links)
    if (isFailure(real)) return real
    const known = folders.at(real)
    return known !== undefined && !isFailure(known) ? known : { path: real, unusual: undefined }
  }

  function find(path: string, wanted: EntryKind, links: number): string | ReadFailure {
    const parent = folderOf(path, links)
    if (isFailure(parent)) return parent
    const name = nameOf(path)
    if (!isOrdinary(name)) return errnoFailure('ENOENT')
    const real = joinPath(parent.path, name)
    const kind = told(parent, name, wanted) ?? look(real)
    if (isFailure(kind)) return kind
    if (kind === wanted) return real
    return kind === 'link' ? follow(real, wanted, links + 1) : failure('malformed', `a ${kind}`)
  }

  function follow(link: string, wanted: EntryKind, links: number): string | ReadFailure {
    if (links > LINK_LIMIT) return errnoFailure('ELOOP')
    const target = readLink(link)
    if (isFailure(target)) return target
    const resolved = resolveLink(link, target)
    if (resolved === undefined) return failure('malformed', 'a link that leads out of the tree')
    if (wanted !== 'folder') return find(resolved, wanted, links)
    const folder = folderAt(resolved, links)
    return isFailure(folder) ? folder : folder.path
  }

  return {
    file: (path) => find(path, 'file', 0),
    folder: (path) => folderAt(path, 0),
    entry(path) {
      const parent = folderOf(path, 0)
      if (isFailure(parent)) return parent
      const name = nameOf(path)
      return isOrdinary(name) ? joinPath(parent.path, name) : errnoFailure('ENOENT')
    },
  }
}

/**
 * Half of the folders that are remembered at most. Functions come bus by bus, so the bridge above one can have been listed
 * thousands of folders before, and what it told saves a look.
 */
const REMEMBERED_FOLDERS = 8192

interface FolderMemory {
  readonly at: (path: string) => FoundFolder | ReadFailure | undefined
  readonly keep: (path: string, folder: FoundFolder | ReadFailure) => void
}

/** Folders by the path that was asked for. Those not asked for in a long time are forgotten, and looked at again. */
function createFolderMemory(): FolderMemory {
  const root: FoundFolder = { path: '', unusual: undefined }
  let recent = new Map<string, FoundFolder | ReadFailure>([['', root]])
  let older: ReadonlyMap<string, FoundFolder | ReadFailure> = new Map()
  function keep(path: string, folder: FoundFolder | ReadFailure): void {
    if (recent.size >= REMEMBERED_FOLDERS) {
      older = recent
      recent = new Map([['', root]])
    }
    recent.set(path, folder)
  }

  return {
    at(path) {
      const folder = recent.get(path)
      if (folder !== undefined) return folder
      const old = older.get(path)
      if (old !== undefined) keep(path, old)
      return old
    },
    keep,
  }
}

/** What the listing of a folder tells of an entry. It settles a regular file only for who wants one: it may be gone. */
function told({ unusual }: FoundFolder, name: string, wanted: EntryKind): EntryKind | undefined {
  if (unusual === undefined) return undefined
  return unusual.get(name) ?? (wanted === 'file' ? 'file' : undefined)
}

/** Paths are made by arithmetic and hold no dots; one that does is not looked for, lest it lead out. */
export function isOrdinary(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..'
}
