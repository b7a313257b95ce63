import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { readHost } from '../../src/host/read/read-host.js'
import { openDirectoryTree } from '../../src/host/tree/directory-tree.js'
import { type HostTree, isFailure, type ReadFailure } from '../../src/host/tree/tree.js'
import type { RecordedEntry, RecordedTree } from './protocol.js'

/** Records every path that the tool's own reader touches when it reads this host. */
export function recordHost(): RecordedTree {
  const tree = openDirectoryTree({ root: '/', live: true })
  if (isFailure(tree)) throw new Error(tree.detail)
  const recorder = createRecorder()
  readHost(recording(tree, recorder), { wake: true, holders: false })
  return { entries: recorder.entries(), made: recorder.made() }
}

interface Recorder {
  /** Keeps what stands at a path, and every link on the way to it. */
  touch(path: string): void
  /** Keeps a folder with all its names. */
  touchFolder(path: string): void
  /** Keeps when something was made. */
  date(path: string, at: number | ReadFailure): void
  entries(): RecordedEntry[]
  /** Paths with a date, the oldest first. */
  made(): string[]
}

/** The same tree, seen by a recorder. */
function recording(tree: HostTree, recorder: Recorder): HostTree {
  const { touch, touchFolder } = recorder
  return {
    ...tree,
    readText(path, limit) {
      touch(path)
      return tree.readText(path, limit)
    },
    readLink(path) {
      touch(path)
      return tree.readLink(path)
    },
    list(path) {
      touchFolder(path)
      return tree.list(path)
    },
    readConfig(path) {
      touch(path)
      return tree.readConfig(path)
    },
    madeAt(path) {
      const at = tree.madeAt(path)
      recorder.date(path, at)
      return at
    },
  }
}

function createRecorder(): Recorder {
  const kept = new Map<string, RecordedEntry>()
  const dates = new Map<string, number>()

  /** Keeps one place as it is there; a file not yet asked for without its content. */
  const keepPlace = (place: string): void => {
    if (kept.has(place)) return
    const kind = kindOf(place)
    if (kind === 'folder') kept.set(place, [place.slice(1), 'folder'])
    if (kind === 'link') kept.set(place, [place.slice(1), 'link', readlinkSync(place)])
    if (kind === 'file') kept.set(place, [place.slice(1), 'file', ''])
  }

  /** Follows a path and keeps what it passes. Where it ends; null: there is nothing. */
  const walk = (path: string): string | null => {
    let real = ''
    const rest = partsOf(path)
    for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
      const next = `${real}/${part}`
      const kind = kindOf(next)
      if (kind === null) return null
      keepPlace(next)
      if (kind === 'link') rest.unshift(...partsOf(resolve(dirname(next), readlinkSync(next))))
      real = kind === 'link' ? '' : next
    }
    return real
  }

  return {
    touch(path) {
      const real = walk(path)
      if (real === null || kindOf(real) !== 'file') return
      kept.set(real, [real.slice(1), 'file', contentOf(real).toString('base64')])
    },
    touchFolder(path) {
      const real = walk(path)
      if (real === null || kindOf(real) !== 'folder') return
      for (const name of readdirSync(real)) keepPlace(`${real}/${name}`)
    },
    date(path, at) {
      if (!isFailure(at)) dates.set(path, at)
    },
    entries: () => [...kept.values()],
    made: () => [...dates].sort(([, one], [, other]) => one - other).map(([path]) => path),
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

function kindOf(path: string): 'file' | 'folder' | 'link' | null {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return null
  if (stat.isSymbolicLink()) return 'link'
  return stat.isDirectory() ? 'folder' : 'file'
}

/** A file that gives nothing (write-only attributes, device nodes) is kept as an empty one. */
function contentOf(path: string): Buffer {
  if (!lstatSync(path).isFile()) return Buffer.alloc(0)
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}
