import { type Dirent, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { readPrefix } from '../tree/attribute-file.js'
import { failure, failureOf } from '../tree/failure.js'
import { type HostTree, isFailure, type ReadFailure } from '../tree/tree.js'
import { joinPath } from '../tree/tree-path.js'
import { watched } from '../watch/watch.js'
import { MANIFEST } from './capture-record.js'
import { isOfCapture, treeOfEntries } from './place-entries.js'
import type { TarEntry } from './tar.js'

/** Bounds of a folder that says of itself that it is a capture; those of an archive, or below. */
const ENTRY_LIMIT = 2_000_000
const FILE_LIMIT = 64 * 1024 * 1024
const KEPT_LIMIT = 640 * 1024 * 1024
const DEPTH_LIMIT = 64

/**
 * The tree in a folder into which a capture was unpacked, as if it were still packed; null: the folder has no manifest, so it
 * is an ordinary tree. Links are taken as they are written and never followed.
 */
export function openUnpackedCapture(root: string): HostTree | ReadFailure | null {
  try {
    const manifest = touch(join(root, MANIFEST), (place) =>
      lstatSync(place, { throwIfNoEntry: false }),
    )
    if (manifest === undefined || !manifest.isFile()) return null
    const entries = [...walk(root)]
    const tree = treeOfEntries(entries, { kind: 'directory', path: root })
    return typeof tree === 'string' ? failure('malformed', tree) : tree
  } catch (error) {
    if (error instanceof TooMuch) return failure('truncated', error.message)
    if (error instanceof Silent) return failure('timeout', error.message)
    return failureOf(error)
  }
}

class TooMuch extends Error {}

class Silent extends Error {}

/** What a path of the folder gives; throws for one that hangs. */
function touch<T>(path: string, use: (path: string) => T): T {
  const answer = watched(path, () => use(path))
  if (isFailure(answer)) throw new Silent(`${path} gives no answer`)
  return answer
}

/** Everything in the folder that could stand in a capture, each as an entry of an archive. */
function* walk(root: string): Generator<TarEntry> {
  let kept = 0
  let entries = 0
  for (const [path, found] of everythingIn(root)) {
    if (++entries > ENTRY_LIMIT) throw new TooMuch(`it holds more than ${ENTRY_LIMIT} entries`)
    const entry = entryOf(root, path, found)
    if (entry?.kind === 'file') kept += entry.bytes.length
    if (kept > KEPT_LIMIT) throw new TooMuch('it holds more than a capture can')
    if (entry !== undefined) yield entry
  }
}

function* everythingIn(root: string): Generator<readonly [path: string, found: Dirent]> {
  const pending: string[] = ['']
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    if (folder.split('/').length > DEPTH_LIMIT) throw new TooMuch('it is too deep')
    for (const found of touch(join(root, folder), (place) =>
      readdirSync(place, { withFileTypes: true }),
    )) {
      const path = joinPath(folder, found.name)
      yield [path, found]
      if (found.isDirectory() && isOfCapture(path)) pending.push(path)
    }
  }
}

/** undefined: not of a capture, or nothing that could be in one. */
function entryOf(root: string, path: string, found: Dirent): TarEntry | undefined {
  if (!isOfCapture(path)) return undefined
  const place = join(root, path)
  if (found.isSymbolicLink())
    return { kind: 'link', path, target: touch(place, (link) => readlinkSync(link)) }
  if (found.isDirectory()) return { kind: 'folder', path }
  if (!found.isFile()) return undefined
  const { size } = touch(place, (file) => lstatSync(file))
  if (size > FILE_LIMIT) throw new TooMuch(`it holds a file of more than ${FILE_LIMIT} bytes`)
  const file = readPrefix({ path: place, length: size })
  return isFailure(file) ? undefined : { kind: 'file', path, bytes: file.bytes }
}
