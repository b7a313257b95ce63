import { createMemoryTree, type MemoryEntry } from '../tree/memory-tree.js'
import type { HostTree, TreeOrigin } from '../tree/tree.js'
import { nameOf, parentOf, withoutSlashes } from '../tree/tree-path.js'
import { type CaptureRecord, MANIFEST, parseManifest, recordedTime } from './capture-record.js'
import { createRecordedTree } from './recorded-tree.js'
import type { TarEntry } from './tar.js'

/** Folders of a host that a capture holds; everything else in it is beside the tree. */
const ROOTS: ReadonlySet<string> = new Set(['sys', 'proc', 'dev'])

/** Paths that a collection of `sos report` has at its top: logs and command output, but no tree. */
const SOS = /(?:^|\/)(?:sos_commands|sos_reports|sos_logs)(?:\/|$)/

/** Whether the content of a file of an archive belongs to a capture, whatever folder everything stands in. */
export function isOfCapture(path: string): boolean {
  const [first = '', second = ''] = clean(path).split('/', 2)
  return ROOTS.has(first) || ROOTS.has(second) || nameOf(path) === MANIFEST
}

/**
 * The tree that the entries of an archive, or of a folder into which it was unpacked, make. The entries may all stand below
 * one folder. A string is the phrase that says what is wrong.
 */
export function treeOfEntries(entries: readonly TarEntry[], source: TreeOrigin): HostTree | string {
  const placed = placeEntries(entries)
  if (typeof placed === 'string') return placed
  const { tree, manifest } = placed
  const record = manifest === undefined ? null : parseManifest(manifest)
  if (typeof record === 'string') return record
  if (tree.size === 0)
    return isSos(entries) ? SOS_PHRASE : 'it holds no sys/, so it is no capture of a host'
  if (record === null && isSos(entries)) return SOS_PHRASE
  const made = makeTree(tree, record, source)
  const time = manifest === undefined ? undefined : recordedTime(manifest)
  return time === undefined ? made : { ...made, recordedAt: time }
}

export const SOS_PHRASE =
  'it is a sosreport, which holds lspci text and logs but neither config space nor the links of sysfs'

function makeTree(
  tree: ReadonlyMap<string, MemoryEntry>,
  record: CaptureRecord | null,
  source: TreeOrigin,
): HostTree {
  return record === null ? createMemoryTree(tree, source) : createRecordedTree(tree, record, source)
}

interface Placed {
  readonly tree: ReadonlyMap<string, MemoryEntry>
  readonly manifest: string | undefined
}

/** Entries by their path inside the host. The same path twice, or one that leads out, makes the archive invalid. */
function placeEntries(entries: readonly TarEntry[]): Placed | string {
  const tree = new Map<string, MemoryEntry>()
  const prefix = commonFolder(entries)
  for (const entry of entries) {
    const path = insidePath(entry.path, prefix)
    if (path === undefined) return `it holds the path "${entry.path}", which leads out of it`
    if (isBelowRoot(path) && !place(tree, path, contentOf(entry))) return twice(path)
  }
  const buried = findBuried(tree)
  if (buried !== undefined) return `it holds "${buried}" below something that is no folder`
  const manifests = entries.filter(
    ({ path }) => path.includes(MANIFEST) && insidePath(path, prefix) === MANIFEST,
  )
  return manifests.length > 1 ? twice(MANIFEST) : { tree, manifest: textOf(manifests[0]) }
}

function textOf(manifest: TarEntry | undefined): string | undefined {
  return manifest?.kind === 'file' ? new TextDecoder().decode(manifest.bytes) : undefined
}

function twice(path: string): string {
  return `it holds "${path}" twice`
}

function isBelowRoot(path: string): boolean {
  const slash = path.indexOf('/')
  return ROOTS.has(slash < 0 ? path : path.slice(0, slash))
}

/** false: the path is taken. Only folders may be named again: `tar` does so when it is given several of their files. */
function place(tree: Map<string, MemoryEntry>, path: string, content: MemoryEntry): boolean {
  if (tree.has(path) && (content !== null || tree.get(path) !== null)) return false
  tree.set(path, content)
  return true
}

function isSos(entries: readonly TarEntry[]): boolean {
  return entries.some(({ path }) => SOS.test(path))
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
  const isInside = (path: string) => path === folder || path.startsWith(`${folder}/`)
  const isBeside = ({ path }: TarEntry) => {
    const cleaned = clean(path)
    return cleaned !== '' && !isInside(cleaned)
  }
  return entries.some(isBeside) ? '' : folder
}

/** A part that leads elsewhere or nowhere. */
const STRAY_PART = /^\/|\/\/|(?:^|\/)\.\.?(?:\/|$)/

function insidePath(path: string, prefix: string): string | undefined {
  if (path.startsWith('/')) return undefined
  const cleaned = clean(path)
  if (STRAY_PART.test(cleaned)) return undefined
  if (prefix === '') return cleaned
  const slash = cleaned.indexOf('/')
  return slash < 0 ? '' : cleaned.slice(slash + 1)
}

function clean(path: string): string {
  if (!path.startsWith('.')) return withoutSlashes(path)
  return withoutSlashes(path.replace(/^(?:\.\/)+/, '').replace(/^\.$/, ''))
}

function contentOf(entry: TarEntry): MemoryEntry {
  if (entry.kind === 'file') return entry.bytes
  return entry.kind === 'link' ? { link: entry.target } : null
}
