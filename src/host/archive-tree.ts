import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { failureOf } from './failure.js'
import { createMemoryTree, type MemoryEntry } from './memory-tree.js'
import { readTar, type TarEntry } from './tar.js'
import { type HostTree, isFailure, type ReadFailure } from './tree.js'
import { parentOf } from './tree-path.js'

/** Why a file is no capture: a phrase that goes on after "Cannot read the capture FILE:". */
export interface ArchiveError {
  readonly message: string
  readonly errno: string | null
}

/** Bounds of an archive of our own making; a host of 65,536 functions stays well below them. */
const PACKED_LIMIT = 256 * 1024 * 1024
const UNPACKED_LIMIT = 1024 * 1024 * 1024
const LIMITS = { entries: 4_000_000, pathLength: 1024 }

/** Folders of a capture; everything else in it is beside the tree. */
const ROOTS: ReadonlySet<string> = new Set(['sys', 'proc', 'dev'])

/** Tells about the capture itself and is no part of the host. */
const MANIFEST = 'vfio-reset.json'

/**
 * The tree in a gzip-compressed or plain tar of `sys/…`, `proc/…`, `dev/…`, at most one folder deep, held in memory.
 * `path` is what the report names as its source.
 */
export function openArchiveTree({
  file,
  path,
}: {
  readonly file: string
  readonly path: string | null
}): HostTree | ArchiveError {
  const packed = readBounded(file)
  if (isFailure(packed)) return archiveError(packed.detail, packed.errno)
  const bytes = unpack(packed)
  if (typeof bytes === 'string') return archiveError(bytes)
  const entries = readTar(bytes, LIMITS)
  if (typeof entries === 'string') return archiveError(entries)
  const placed = placeEntries(entries)
  if (typeof placed === 'string') return archiveError(placed)
  return createMemoryTree(placed, { kind: 'capture', path })
}

export function isArchiveError(result: HostTree | ArchiveError): result is ArchiveError {
  return 'message' in result
}

function archiveError(message: string, errno: string | null = null): ArchiveError {
  return { message, errno }
}

function unpack(bytes: Uint8Array): Uint8Array | string {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: UNPACKED_LIMIT })
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    return tooLarge ? 'it unpacks to more than 1 GiB' : 'its compressed data is damaged'
  }
}

/** Entries by their path inside the host. The same path twice, or one that leads out, makes the archive invalid. */
function placeEntries(entries: readonly TarEntry[]): Map<string, MemoryEntry> | string {
  const placed = new Map<string, MemoryEntry>()
  const prefix = commonFolder(entries)
  for (const entry of entries) {
    const path = insidePath(entry.path, prefix)
    if (path === undefined) return `it holds the path "${entry.path}", which leads out of it`
    const [root = ''] = path.split('/', 1)
    if (!ROOTS.has(root)) continue
    const content = contentOf(entry)
    // Only folders may be named again: `tar` does so when it is given several of their files.
    if (placed.has(path) && (content !== null || placed.get(path) !== null)) {
      return `it holds "${path}" twice`
    }
    placed.set(path, content)
  }
  const buried = findBuried(placed)
  if (buried !== undefined) return `it holds "${buried}" below something that is no folder`
  return placed.size === 0 ? 'it holds no sys/, so it is no capture of a host' : placed
}

/** A path that has a file or a link among the folders above it. */
function findBuried(placed: ReadonlyMap<string, MemoryEntry>): string | undefined {
  const folders = new Set([''])
  const isBuried = (path: string): boolean => {
    const parent = parentOf(path)
    if (folders.has(parent)) return false
    const entry = placed.get(parent)
    if ((entry !== undefined && entry !== null) || isBuried(parent)) return true
    folders.add(parent)
    return false
  }
  return [...placed.keys()].find(isBuried)
}

/** `host/` where every entry stands below that one folder, else nothing. */
function commonFolder(entries: readonly TarEntry[]): string {
  const first = entries.find(({ path }) => clean(path) !== '')
  const [folder = ''] = clean(first?.path ?? '').split('/', 1)
  if (ROOTS.has(folder) || folder === MANIFEST) return ''
  const inside = (path: string) => path === folder || path.startsWith(`${folder}/`)
  return entries.every(({ path }) => clean(path) === '' || inside(clean(path))) ? folder : ''
}

function insidePath(path: string, prefix: string): string | undefined {
  if (path.startsWith('/')) return undefined
  const parts = clean(path).split('/')
  if (parts.some((part) => part === '..' || part === '.') || parts.slice(0, -1).includes('')) {
    return undefined
  }
  return (prefix === '' ? parts : parts.slice(1)).join('/')
}

function clean(path: string): string {
  return path
    .replace(/^(?:\.\/)+/, '')
    .replace(/^\.$/, '')
    .replace(/\/+$/, '')
}

function contentOf(entry: TarEntry): MemoryEntry {
  if (entry.kind === 'file') return entry.bytes
  return entry.kind === 'link' ? { link: entry.target } : null
}

function readBounded(file: string): Uint8Array | ReadFailure {
  try {
    const descriptor = openSync(
      file,
      constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY,
    )
    try {
      const stat = fstatSync(descriptor)
      if (!stat.isFile()) return { why: 'malformed', errno: null, detail: 'it is no regular file' }
      if (stat.size > PACKED_LIMIT) {
        return { why: 'truncated', errno: null, detail: 'it is larger than 256 MiB' }
      }
      const bytes = new Uint8Array(stat.size)
      let length = 0
      for (let count = -1; length < bytes.length && count !== 0; length += count) {
        count = readSync(descriptor, bytes, length, bytes.length - length, null)
      }
      return bytes.subarray(0, length)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    return failureOf(error)
  }
}
