import type { ConfigSpace } from '../config/config-space.js'
import { type ConfigReader, walkConfig } from '../config/config-walk.js'
import { errnoFailure, failure } from './failure.js'
import { createLinkResolver, type EntryKind } from './link-resolver.js'
import {
  ATTRIBUTE_LIMIT,
  type HostTree,
  isFailure,
  type ReadFailure,
  type TreeOrigin,
} from './tree.js'
import { nameOf, parentOf } from './tree-path.js'

/** What stands at a path of a tree in memory. Folders above it need not be named. */
export type MemoryEntry =
  /** A file, by its text. */
  | string
  /** A file, by its bytes: 64, 256 or 4096 for a `config`. */
  | Uint8Array
  /** A `config` of `size` bytes of which only the first can be read, as without CAP_SYS_ADMIN. */
  | { readonly bytes: Uint8Array; readonly size: number }
  /** A `config` of which only what lspci prints is known. */
  | { readonly config: ConfigSpace }
  | { readonly link: string }
  /** Whoever touches the entry gets this. */
  | { readonly failure: ReadFailure }
  /** A folder, empty but for what other entries put into it. */
  | null

/** Entries by path, relative to the root and without a leading slash. */
export type MemoryEntries = Iterable<readonly [path: string, entry: MemoryEntry]>

type File = { readonly bytes: Uint8Array; readonly size: number }
/** Has no bytes to read. */
type Printed = { readonly config: ConfigSpace }
type Node =
  | File
  | Printed
  | { readonly names: Set<string> }
  | { readonly link: string }
  | ReadFailure

/**
 * The tree that an object literal (`Object.entries`) or an archive holds. Its links lead nowhere but to itself. `source` is
 * where reports say it comes from, if that is not `origin`; `made` are paths in the order in which a kernel made them.
 */
export function createMemoryTree(
  entries: MemoryEntries,
  origin: TreeOrigin,
  source: TreeOrigin = origin,
  made: readonly string[] = [],
): HostTree {
  const order = new Map(made.map((path, place) => [path, place]))
  const nodes = new Map<string, Node>([['', { names: new Set() }]])
  for (const [path, entry] of entries) place(nodes, path, nodeOf(entry))
  const nodeAt = (path: string) => nodes.get(path) ?? errnoFailure('ENOENT')
  const resolver = createLinkResolver({
    look: (path) => kindOf(nodeAt(path)),
    readLink: (path) => targetOf(nodeAt(path)),
  })

  function file(path: string): File | ReadFailure {
    const found = resolver.file(path)
    if (isFailure(found)) return found
    const node = nodeAt(found)
    if ('config' in node) return failure('not-captured', 'no bytes of it, only the text of lspci')
    return 'bytes' in node ? node : errnoFailure('ENOENT')
  }

  function readText(path: string, limit = ATTRIBUTE_LIMIT): string | ReadFailure {
    const found = file(path)
    if (isFailure(found)) return found
    const { bytes } = found
    if (bytes.length > limit) return failure('truncated', `longer than ${limit} bytes`)
    const end = bytes[bytes.length - 1] === 0x0a ? bytes.length - 1 : bytes.length
    return asBuffer(bytes).toString('utf8', 0, end)
  }

  function readConfig(path: string): ConfigSpace | ReadFailure {
    const node = nodes.get(path)
    if (node !== undefined && 'config' in node) return node.config
    const found = file(path)
    if (isFailure(found)) return found
    const bytes = asBuffer(found.bytes)
    const read: ConfigReader = (offset, length) => bytes.subarray(offset, offset + length)
    return walkConfig(read, { size: found.size, sizeIsKernels: origin.kind === 'live' })
  }

  return {
    origin,
    source,
    readText,
    readLink(path) {
      const entry = resolver.entry(path)
      return isFailure(entry) ? entry : targetOf(nodeAt(entry))
    },
    list(path) {
      const folder = resolver.folder(path)
      if (isFailure(folder)) return folder
      const node = nodeAt(folder.path)
      return 'names' in node ? [...node.names].sort() : errnoFailure('ENOENT')
    },
    readConfig,
    readPrefix({ path, length }) {
      const found = file(path)
      return isFailure(found) ? found : { ...found, bytes: found.bytes.subarray(0, length) }
    },
    madeAt: (path) => order.get(path) ?? failure('not-captured', 'not part of the capture'),
  }
}

/** Puts a node at a path, with the folders above it. Two different entries for one path are the caller's mistake. */
function place(nodes: Map<string, Node>, path: string, node: Node): void {
  const there = nodes.get(path)
  if (there !== undefined) {
    if ('names' in there && 'names' in node) return
    throw new Error(`two entries for ${path}`)
  }
  const parent = parentOf(path)
  if (!nodes.has(parent)) place(nodes, parent, { names: new Set() })
  const folder = nodes.get(parent)
  if (folder === undefined || !('names' in folder)) throw new Error(`no folder above ${path}`)
  folder.names.add(nameOf(path))
  nodes.set(path, node)
}

function nodeOf(entry: MemoryEntry): Node {
  if (entry === null) return { names: new Set() }
  if (typeof entry === 'string') return fileOf(Buffer.from(entry))
  if (entry instanceof Uint8Array) return fileOf(entry)
  return 'failure' in entry ? entry.failure : entry
}

function fileOf(bytes: Uint8Array): File {
  return { bytes, size: bytes.length }
}

function kindOf(node: Node): EntryKind | ReadFailure {
  if (isFailure(node)) return node
  if ('names' in node) return 'folder'
  return 'link' in node ? 'link' : 'file'
}

/** As `readlink`: EINVAL for what is no link. */
function targetOf(node: Node): string | ReadFailure {
  if (isFailure(node)) return node
  return 'link' in node ? node.link : errnoFailure('EINVAL')
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
