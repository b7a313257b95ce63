import { EXTENDED_SIZE } from '../config/config-space.js'
import type { GapWhy } from '../gap.js'
import type { ReadFailure, TreeOrigin } from '../tree/tree.js'
import { nameOf, parentOf } from '../tree/tree-path.js'
import type { Listing, Recording } from './recording-tree.js'

/** Version of a capture: its layout and its `vfio-reset.json`. */
export const CAPTURE_VERSION = 1

/** Name of the file in a capture that tells about the capture itself. */
export const MANIFEST = 'vfio-reset.json'

/**
 * What the files of a capture cannot say of the reads they came from: which names a folder had besides those that stand in the
 * capture, which reads gave nothing and why, how large a file was of which only the beginning stands here.
 */
export interface CaptureRecord {
  /** Kind of the tree that was read: its rules hold for what is missing. */
  readonly rules: TreeOrigin['kind']
  /** Names that are not in the capture, by the folders that had them. Equal lists stand here once. */
  readonly listed: readonly {
    readonly names: readonly string[]
    readonly folders: readonly string[]
  }[]
  readonly failed: readonly (ReadFailure & { readonly paths: readonly string[] })[]
  readonly sizes: readonly { readonly size: number; readonly files: readonly string[] }[]
  /** Files, folders and links of sysfs in the order in which the kernel made them. Older captures do not have it. */
  readonly made?: readonly string[]
}

/** The record of a recording, in an order that depends on its content alone. */
export function recordOf(recording: Recording): CaptureRecord {
  const children = childrenOf(recording)
  const sizes = gather(
    [...recording.entries].flatMap(([path, entry]) =>
      entry !== null &&
      typeof entry === 'object' &&
      'size' in entry &&
      Math.min(entry.size, EXTENDED_SIZE) !== entry.bytes.length
        ? [[path, Math.min(entry.size, EXTENDED_SIZE)] as const]
        : [],
    ),
  )
  return {
    rules: recording.origin.kind,
    listed: gather(
      [...recording.listings].map(
        ([path, listing]) => [path, namesBeyond(listing, children)] as const,
      ),
    ).map(([names, folders]) => ({ names, folders })),
    failed: gather([...recording.failures]).map(([failed, paths]) => ({ ...failed, paths })),
    sizes: sizes.map(([size, files]) => ({ size, files })),
    ...(recording.made.size === 0 ? {} : { made: inOrder(recording.made) }),
  }
}

/** Only the order counts: numbers would differ from boot to boot. */
function inOrder(made: ReadonlyMap<string, number>): readonly string[] {
  return [...made].sort(([, one], [, other]) => one - other).map(([path]) => path)
}

/** Names of the entries in each folder, those of folders that stand in the paths of others included. */
export function childrenOf({
  entries,
}: Pick<Recording, 'entries'>): ReadonlyMap<string, ReadonlySet<string>> {
  const children = new Map<string, Set<string>>()
  for (const path of entries.keys()) {
    for (let at = path; at !== ''; at = parentOf(at)) {
      const folder = parentOf(at)
      const names = children.get(folder)
      if (names?.has(nameOf(at)) === true) break
      if (names === undefined) children.set(folder, new Set([nameOf(at)]))
      else names.add(nameOf(at))
    }
  }
  return children
}

function namesBeyond(
  { folder, names }: Listing,
  children: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  const there = children.get(folder)
  return there === undefined ? names : names.filter((name) => !there.has(name))
}

/** Paths by equal values: both in order. */
function gather<T>(
  pairs: readonly (readonly [path: string, value: T])[],
): [T, readonly string[]][] {
  const groups = new Map<string, { readonly value: T; readonly paths: string[] }>()
  for (const [path, value] of pairs) {
    const key = JSON.stringify(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { value, paths: [path] })
    else group.paths.push(path)
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { value, paths }]) => [value, paths.sort()])
}

const WHYS: Readonly<Record<GapWhy, true>> = {
  denied: true,
  absent: true,
  truncated: true,
  malformed: true,
  vanished: true,
  asleep: true,
  timeout: true,
  failed: true,
  'not-captured': true,
  pending: true,
  unshown: true,
  unmodelled: true,
}

/**
 * The record in the text of a manifest; null: it has none (a tree that was packed by other means). A string is the phrase
 * that says what is wrong with it. Whoever wrote it may be hostile.
 */
export function parseManifest(text: string): CaptureRecord | null | string {
  let manifest: unknown
  try {
    manifest = JSON.parse(text)
  } catch {
    return `its ${MANIFEST} is no JSON`
  }
  if (!isObject(manifest)) return `its ${MANIFEST} is malformed`
  const { formatVersion, record } = manifest
  if (typeof formatVersion !== 'number' || !Number.isInteger(formatVersion)) {
    return `its ${MANIFEST} names no format version`
  }
  if (formatVersion !== CAPTURE_VERSION) {
    return `it is of format version ${formatVersion}, and this release reads version ${CAPTURE_VERSION}`
  }
  if (record === undefined) return null
  return isRecord(record) ? record : `its ${MANIFEST} is malformed`
}

/** When a capture was made, as its manifest says; undefined: it says nothing that is a time. */
export function recordedTime(text: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(text)
    const time = isObject(manifest) ? manifest['time'] : undefined
    return typeof time === 'string' && TIME.test(time) ? time : undefined
  } catch {
    return undefined
  }
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

function isRecord(value: unknown): value is CaptureRecord {
  if (!isObject(value)) return false
  const { rules, listed, failed, sizes, made } = value
  return (
    (rules === 'live' || rules === 'directory' || rules === 'capture') &&
    isList(listed, ({ names, folders }) => isStrings(names) && isStrings(folders)) &&
    isList(failed, isFailedRead) &&
    isList(sizes, ({ size, files }) => isSize(size) && isStrings(files)) &&
    (made === undefined || isStrings(made))
  )
}

function isFailedRead({ why, errno, detail, paths }: Readonly<Record<string, unknown>>): boolean {
  const isErrno = errno === null || (typeof errno === 'string' && /^E[A-Z0-9]{1,30}$/.test(errno))
  const isWhy = typeof why === 'string' && Object.hasOwn(WHYS, why)
  return isWhy && isErrno && typeof detail === 'string' && detail.length <= 256 && isStrings(paths)
}

/** Other files than configuration spaces are never cut; what a tree has behind the largest of those is none. */
function isSize(value: unknown): boolean {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= EXTENDED_SIZE
  )
}

function isList(
  value: unknown,
  isElement: (element: Readonly<Record<string, unknown>>) => boolean,
): boolean {
  return Array.isArray(value) && value.every((each) => isObject(each) && isElement(each))
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A record, looked up by path. */
export interface RecordIndex {
  /** undefined: the folder was not listed. */
  readonly namesIn: (folder: string) => readonly string[] | undefined
  readonly failureAt: (path: string) => ReadFailure | undefined
  readonly sizeOf: (file: string) => number | undefined
}

export function indexRecord({ listed, failed, sizes }: CaptureRecord): RecordIndex {
  const names = new Map(listed.flatMap((each) => each.folders.map((at) => [at, each.names])))
  const failures = new Map(
    failed.flatMap(({ paths, why, errno, detail }) =>
      paths.map((at) => [at, { why, errno, detail }]),
    ),
  )
  const bySize = new Map(sizes.flatMap(({ size, files }) => files.map((at) => [at, size])))
  return {
    namesIn: (folder) => names.get(folder),
    failureAt: (path) => failures.get(path),
    sizeOf: (file) => bySize.get(file),
  }
}
