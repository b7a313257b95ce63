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

/**
 * Finds what stands at a path of a tree that may be hostile, so that none of its links leads out of it: links are followed
 * here, by path arithmetic, and never by the kernel. Every answer is the path without links. Folders are looked at once.
 */
export interface LinkResolver {
  /** A regular file. */
  file(path: string): string | ReadFailure
  folder(path: string): string | ReadFailure
  /** An entry that is not followed itself, such as a link to be read. */
  entry(path: string): string | ReadFailure
}

export function createLinkResolver({ look, readLink }: Sight): LinkResolver {
  const folders = new Map<string, string | ReadFailure>([['', '']])

  function folder(path: string, links: number): string | ReadFailure {
    const known = folders.get(path)
    if (known !== undefined) return known
    const found = find(path, 'folder', links)
    // Whether a chain of links is too long depends on where it began: such an answer holds for this way only.
    if (links === 0) folders.set(path, found)
    return found
  }

  function find(path: string, wanted: EntryKind, links: number): string | ReadFailure {
    const parent = folder(parentOf(path), links)
    if (isFailure(parent)) return parent
    const name = nameOf(path)
    if (!isOrdinary(name)) return errnoFailure('ENOENT')
    const real = joinPath(parent, name)
    const kind = look(real)
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
    return wanted === 'folder' ? folder(resolved, links) : find(resolved, wanted, links)
  }

  return {
    file: (path) => find(path, 'file', 0),
    folder: (path) => folder(path, 0),
    entry(path) {
      const parent = folder(parentOf(path), 0)
      if (isFailure(parent)) return parent
      const name = nameOf(path)
      return isOrdinary(name) ? joinPath(parent, name) : errnoFailure('ENOENT')
    },
  }
}

/** Paths are made by arithmetic and hold no dots; one that does is not looked for, lest it lead out. */
function isOrdinary(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..'
}
