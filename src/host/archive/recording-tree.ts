import { remembered } from '../../text/lists.js'
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
  /** What `madeAt` told. */
  readonly made: ReadonlyMap<string, number>
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
  const draft: Draft = {
    tree,
    entries: new Map(),
    listings: new Map(),
    failures: new Map(),
    made: new Map(),
    folders: new Map([ROOT]),
  }
  const { entries, listings, failures, made, folders } = draft
  const reads = recordedReads(draft)
  return {
    ...reads,
    recording: { origin: tree.origin, entries, listings, failures, made },
    keepPrefixes(paths, length) {
      for (const path of paths) {
        const prefix = tree.readPrefix({ path, length })
        if (!isFailure(prefix)) keep(draft, placeOf(draft, path), { ...prefix })
      }
    },
    keepLinked(path) {
      const target = reads.readLink(path)
      const folder = isFailure(target) ? undefined : resolveLink(ownPlace(draft, path), target)
      const real = folder === undefined ? undefined : realFolder(draft, folder)
      // A link can lead to what its folder does not list.
      if (real !== undefined && isListed(draft, real)) keep(draft, real, null)
    },
    forget() {
      for (const kept of [entries, listings, failures, made, folders]) kept.clear()
      folders.set(...ROOT)
    },
  }
}

/** What a recording is made in. */
interface Draft {
  readonly tree: HostTree
  readonly entries: Map<string, MemoryEntry>
  readonly listings: Map<string, Listing>
  readonly failures: Map<string, ReadFailure>
  readonly made: Map<string, number>
  /** Paths of folders without links, by the path asked for. */
  readonly folders: Map<string, string>
}

const ROOT = ['', ''] as const

/** The reads of the tree, whose answers are kept. */
function recordedReads(draft: Draft): HostTree {
  const { tree, listings, made } = draft
  return {
    origin: tree.origin,
    source: tree.source,
    readText(path, limit) {
      const text = tree.readText(path, limit)
      if (!isKeptFailure(draft, path, text)) {
        keep(draft, placeOf(draft, path), text === '' ? '' : `${text}\n`)
      }
      return text
    },
    readLink(path) {
      const target = tree.readLink(path)
      if (!isKeptFailure(draft, path, target)) keep(draft, ownPlace(draft, path), { link: target })
      return target
    },
    list(path) {
      const names = tree.list(path)
      if (isKeptFailure(draft, path, names)) return names
      const folder = realFolder(draft, path)
      for (const each of [path, folder]) {
        if (!listings.has(each)) listings.set(each, { folder, names })
      }
      return names
    },
    readConfig(path) {
      const prefix = tree.readPrefix({ path, length: EXTENDED_SIZE })
      if (isKeptFailure(draft, path, prefix)) return prefix
      keep(draft, placeOf(draft, path), { ...prefix })
      const bytes = Buffer.from(prefix.bytes)
      const sizeIsKernels = tree.origin.kind === 'live'
      const read = (offset: number, length: number) => bytes.subarray(offset, offset + length)
      return walkConfig(read, { size: prefix.size, sizeIsKernels })
    },
    readPrefix: (request) => tree.readPrefix(request),
    madeAt(path) {
      const at = tree.madeAt(path)
      if (!isFailure(at)) made.set(path, at)
      return at
    },
  }
}

function keep({ entries }: Draft, path: string, entry: MemoryEntry): void {
  if (!entries.has(path)) entries.set(path, entry)
}

/** Whether the read gave nothing, which is kept then. */
function isKeptFailure<T>(
  draft: Draft,
  path: string,
  answer: T | ReadFailure,
): answer is ReadFailure {
  if (!isFailure(answer)) return false
  const { failures } = draft
  if (!failures.has(path) && !isTold(draft, path, answer)) failures.set(path, answer)
  return true
}

/** A listing tells already that there is no such thing. */
function isTold(draft: Draft, path: string, { errno }: ReadFailure): boolean {
  if (errno !== 'ENOENT') return false
  const listing = draft.listings.get(realFolder(draft, parentOf(path)))
  return listing !== undefined && !listing.names.includes(nameOf(path))
}

/** Nobody saw a listing that lacks the name. */
function isListed({ listings }: Draft, path: string): boolean {
  return listings.get(parentOf(path))?.names.includes(nameOf(path)) !== false
}

/** Attributes of devices are files themselves; elsewhere a file may be a link. */
function placeOf(draft: Draft, path: string): string {
  return path.startsWith('sys/devices/') ? ownPlace(draft, path) : realPath(draft, path)
}

/** Path without links above its last part, which may be one. */
function ownPlace(draft: Draft, path: string, links = 0): string {
  return joinPath(realFolder(draft, parentOf(path), links), nameOf(path))
}

/** Path of a folder without links; keeps the links on the way. A path that leads nowhere stays as it is. */
function realFolder(draft: Draft, path: string, links = 0): string {
  return remembered(draft.folders, path, () => realPath(draft, path, links))
}

function realPath(draft: Draft, path: string, links = 0): string {
  if (AS_ASKED.test(path)) return path
  const place = ownPlace(draft, path, links)
  const target = draft.tree.readLink(place)
  if (isFailure(target) || links > LINK_LIMIT) return place
  keep(draft, place, { link: target })
  const next = resolveLink(place, target)
  return next === undefined ? place : realFolder(draft, next, links + 1)
}
