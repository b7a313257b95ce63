import { errnoFailure, failure } from '../tree/failure.js'
import { createMemoryTree, type MemoryEntry } from '../tree/memory-tree.js'
import { type HostTree, isFailure, type ReadFailure, type TreeOrigin } from '../tree/tree.js'
import { joinPath, LINK_LIMIT, nameOf, parentOf, resolveLink } from '../tree/tree-path.js'
import { type CaptureRecord, indexRecord, type RecordIndex } from './capture-record.js'

/**
 * A capture as the tree it was made from: what was read then is answered as then, failures too; what was not read then is
 * `not-captured`, and only what a folder did not hold is absent.
 */
export function createRecordedTree(
  entries: ReadonlyMap<string, MemoryEntry>,
  record: CaptureRecord,
  source: TreeOrigin,
): HostTree {
  const index = indexRecord(record)
  const origin: TreeOrigin = { kind: record.rules, path: source.path }
  const tree = createMemoryTree(withSizes(entries, index), origin, source, record.made)

  /** What to answer where the capture holds nothing. */
  function settle<T>(path: string, answer: T | ReadFailure): T | ReadFailure {
    if (!isFailure(answer)) return answer
    const recorded = index.failureAt(path)
    if (recorded !== undefined) return recorded
    return answer.why === 'absent' ? missing(path) : answer
  }

  /** The nearest folder that was listed decides whether there was such a thing. */
  function missing(asked: string): ReadFailure {
    for (let at = realPath(asked); at !== ''; at = parentOf(at)) {
      if (index.failureAt(at)?.why === 'absent') return errnoFailure('ENOENT')
      const names = index.namesIn(parentOf(at))
      if (names === undefined) continue
      return names.includes(nameOf(at)) || isKept(at) ? NOT_CAPTURED : errnoFailure('ENOENT')
    }
    return NOT_CAPTURED
  }

  function isKept(path: string): boolean {
    const names = tree.list(parentOf(path))
    return !isFailure(names) && names.includes(nameOf(path))
  }

  /** Path without the links that the capture holds. */
  function realPath(path: string, links = 0): string {
    if (path === '') return ''
    const place = joinPath(realPath(parentOf(path), links), nameOf(path))
    const target = tree.readLink(place)
    const next = isFailure(target) ? undefined : resolveLink(place, target)
    return next === undefined || links > LINK_LIMIT ? place : realPath(next, links + 1)
  }

  return {
    ...tree,
    readText: (path, limit) => settle(path, tree.readText(path, limit)),
    readLink: (path) => settle(path, tree.readLink(path)),
    list(path) {
      const kept = tree.list(path)
      const names = index.namesIn(path)
      if (names === undefined) return settle(path, isFailure(kept) ? kept : NOT_CAPTURED)
      return isFailure(kept) ? [...names].sort() : [...new Set([...kept, ...names])].sort()
    },
    readConfig: (path) => settle(path, tree.readConfig(path)),
    readPrefix: (request) => settle(request.path, tree.readPrefix(request)),
  }
}

const NOT_CAPTURED = failure('not-captured', 'not part of the capture')

/** Files that are larger on the host than what stands here of them. */
function* withSizes(
  entries: ReadonlyMap<string, MemoryEntry>,
  { sizeOf }: RecordIndex,
): Generator<readonly [string, MemoryEntry]> {
  for (const [path, entry] of entries) {
    const size = entry instanceof Uint8Array ? sizeOf(path) : undefined
    yield [
      path,
      size === undefined || !(entry instanceof Uint8Array) ? entry : { bytes: entry, size },
    ]
  }
}
