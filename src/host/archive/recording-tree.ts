import { EXTENDED_SIZE } from '../config/config-space.js'
import { walkConfig } from '../config/config-walk.js'
import type { MemoryEntry } from '../tree/memory-tree.js'
import { type HostTree, isFailure, type ReadFailure, type TreeOrigin } from '../tree/tree.js'
import { joinPath, LINK_LIMIT, nameOf, parentOf, resolveLink } from '../tree/tree-path.js'

/** All that a reader got of a tree: enough to answer the same reads again, and no more. */
export interface Recording {
  /** Whose rules hold for what is missing in it. */
  readonly origin: TreeOrigin
  /** Files as far as they were read, links, and folders without recorded content, by their paths without links. */
  readonly entries: ReadonlyMap<string, MemoryEntry>
  /** Every folder that was listed, by the path asked for and the one without links. */
  readonly listings: ReadonlyMap<string, Listing>
  /** Reads that gave nothing, by the path asked for. */
  readonly failures: ReadonlyMap<string, ReadFailure>
}

export interface Listing {
  /** The folder's path without links. */
  readonly folder: string
  readonly names: readonly string[]
}

/** A tree that passes every read on to another one and keeps the answers. */
export interface RecordingTree extends HostTree {
  readonly recording: Recording
  /** Keeps the first bytes of configuration spaces that nobody asked for; what cannot be read is left out. */
  keepPrefixes(paths: readonly string[], length: number): void
  /** Keeps a link and, empty, the folder that it leads to: a link to nothing is none for `realpath`. */
  keepLinked(path: string): void
  /** Starts anew. */
  forget(): void
}

/**
 * Folders of procfs whose links differ from process to process, and folders of device nodes: what is read there is kept under
 * the name it was asked by.
 */
const AS_ASKED = /^(?:proc|dev)(?:\/|$)/

/** Records what a reader reads of `tree`. The first answer counts. */
export function createRecordingTree(tree: HostTree): RecordingTree {
  const entries = new Map<string, MemoryEntry>()
  const listings = new Map<string, Listing>()
  const failures = new Map<string, ReadFailure>()
  const folders = new Map<string, string>([['', '']])

  function keep(path: string, entry: MemoryEntry): void {
    if (!entries.has(path)) entries.set(path, entry)
  }

  function fail<T>(path: string, answer: T | ReadFailure): answer is ReadFailure {
    if (!isFailure(answer)) return false
    if (!failures.has(path) && !isTold(path, answer)) failures.set(path, answer)
    return true
  }

  /** Nobody saw a listing that lacks the name. */
  function isListed(path: string): boolean {
    return listings.get(parentOf(path))?.names.includes(nameOf(path)) !== false
  }

  /** A listing tells already that there is no such thing. */
  function isTold(path: string, { errno }: ReadFailure): boolean {
    if (errno !== 'ENOENT') return false
    const listing = listings.get(realFolder(parentOf(path)))
    return listing !== undefined && !listing.names.includes(nameOf(path))
  }

  /** Path of a folder without links; keeps the links on the way. A path that leads nowhere stays as it is. */
  function realFolder(path: string, links = 0): string {
    const known = folders.get(path)
    if (known !== undefined) return known
    const real = realPath(path, links)
    folders.set(path, real)
    return real
  }

  function realPath(path: string, links = 0): string {
    if (AS_ASKED.test(path)) return path
    const place = joinPath(realFolder(parentOf(path), links), nameOf(path))
    const target = tree.readLink(place)
    if (isFailure(target) || links > LINK_LIMIT) return place
    keep(place, { link: target })
    const next = resolveLink(place, target)
    return next === undefined ? place : realFolder(next, links + 1)
  }

  /** Attributes of devices are files themselves; elsewhere a file may be a link. */
  function placeOf(path: string): string {
    const inDevices = path.startsWith('sys/devices/')
    return inDevices ? joinPath(realFolder(parentOf(path)), nameOf(path)) : realPath(path)
  }

  function keepText(path: string, text: string | ReadFailure): string | ReadFailure {
    if (!fail(path, text)) keep(placeOf(path), text === '' ? '' : `${text}\n`)
    return text
  }

  return {
    origin: tree.origin,
    source: tree.source,
    readText: (path, limit) => keepText(path, tree.readText(path, limit)),
    readLink(path) {
      const target = tree.readLink(path)
      if (!fail(path, target)) {
        keep(joinPath(realFolder(parentOf(path)), nameOf(path)), { link: target })
      }
      return target
    },
    list(path) {
      const names = tree.list(path)
      if (fail(path, names)) return names
      const folder = realFolder(path)
      for (const each of [path, folder]) {
        if (!listings.has(each)) listings.set(each, { folder, names })
      }
      return names
    },
    readConfig(path) {
      const prefix = tree.readPrefix({ path, length: EXTENDED_SIZE })
      if (fail(path, prefix)) return prefix
      keep(placeOf(path), { ...prefix })
      const bytes = Buffer.from(prefix.bytes)
      const sizeIsKernels = tree.origin.kind === 'live'
      const read = (offset: number, length: number) => bytes.subarray(offset, offset + length)
      return walkConfig(read, { size: prefix.size, sizeIsKernels })
    },
    readPrefix: (request) => tree.readPrefix(request),
    recording: { origin: tree.origin, entries, listings, failures },
    keepPrefixes(paths, length) {
      for (const path of paths) {
        const prefix = tree.readPrefix({ path, length })
        if (!isFailure(prefix)) keep(placeOf(path), { ...prefix })
      }
    },
    keepLinked(path) {
      const target = this.readLink(path)
      const place = joinPath(realFolder(parentOf(path)), nameOf(path))
      const folder = isFailure(target) ? undefined : resolveLink(place, target)
      const real = folder === undefined ? undefined : realFolder(folder)
      // A link can lead to what its folder does not list.
      if (real !== undefined && isListed(real)) keep(real, null)
    },
    forget() {
      for (const kept of [entries, listings, failures]) kept.clear()
      folders.clear()
      folders.set('', '')
    },
  }
}
