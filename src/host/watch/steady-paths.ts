import type { EntryKind } from '../tree/link-resolver.js'
import { isFailure, type ReadFailure } from '../tree/tree.js'
import { parentOf } from '../tree/tree-path.js'
import type { Mount } from './mounts.js'

/** Tells which paths no server, no program and no device stands behind: touching them ends. */
export interface SteadyPaths {
  /** Whether a path leads to a regular file, a folder or nothing, and only through what ends. */
  isSteady(path: string): boolean
  /** Whether that holds for all below a folder too, as long as no link is followed out of it. */
  isSteadyTree(path: string): boolean
}

/** How a path is looked at: absolute, and all before its last name is a folder. */
export interface PathSight {
  readonly look: (path: string) => EntryKind | ReadFailure
  readonly readLink: (path: string) => string | ReadFailure
}

/**
 * File systems on a disk or in memory. What a disk does that fails is left out of account: the tool lies on one itself. All
 * others may wait for a server (nfs, cifs, 9p, ceph), a program (fuse, autofs) or a device (sysfs, procfs).
 */
const STEADY_KINDS: ReadonlySet<string> = new Set([
  'bcachefs',
  'btrfs',
  'devtmpfs',
  'erofs',
  'ext2',
  'ext3',
  'ext4',
  'f2fs',
  'overlay',
  'ramfs',
  'squashfs',
  'tmpfs',
  'xfs',
  'zfs',
])

/** Names on the way to one path, those of links among them: more are a loop. */
const MOST_STEPS = 1_000

/** `mounts` are all that this process sees, `base` is the folder from which paths that are not absolute lead on. */
export function createSteadyPaths(
  mounts: readonly Mount[],
  { look, readLink }: PathSight,
  base: string,
): SteadyPaths {
  const unsteady = mounts.filter(({ kind }) => !STEADY_KINDS.has(kind)).map(({ at }) => at)
  const unsteadyPlaces = new Set(unsteady)
  const hasSteadyRoot = mounts.some(({ at }) => at === '/') && !unsteadyPlaces.has('/')
  const folders = new Set<string>()

  /**
   * Where a path leads, as the kernel would follow it, but looking at each name before it: a link into a mount that is dead is
   * never followed. null: through something that may not answer, or to no file and no folder.
   */
  function follow(path: string): string | null {
    if (!hasSteadyRoot) return null
    const names = namesOf(path.startsWith('/') ? path : `${base}/${path}`)
    let place: string | null = ''
    let steps = 0
    while (place !== null && names.length > 0) {
      steps += 1
      place = steps > MOST_STEPS ? null : step(place, names.pop() ?? '', names)
    }
    return place
  }

  /** One name further; `names` are those that are still to come. */
  function step(place: string, name: string, names: string[]): string | null {
    if (name === '..') return parentOf(place)
    const next = `${place}/${name}`
    if (unsteadyPlaces.has(next)) return null
    return folders.has(next) ? next : enter(place, next, names)
  }

  function enter(place: string, next: string, names: string[]): string | null {
    const kind = look(next)
    if (isFailure(kind)) {
      // Whoever touches it gets the same error.
      names.length = 0
      return next
    }
    if (kind === 'link') return turn(place, readLink(next), names)
    if (kind === 'folder') folders.add(next)
    return kind === 'folder' || kind === 'file' ? next : null
  }

  return {
    isSteady: (path) => follow(path) !== null,
    isSteadyTree(path) {
      const place = follow(path)
      return place !== null && !unsteady.some((at) => at.startsWith(`${place}/`))
    },
  }
}

/** Where a link begins to lead on. */
function turn(place: string, target: string | ReadFailure, names: string[]): string | null {
  if (isFailure(target)) return null
  names.push(...namesOf(target))
  return target.startsWith('/') ? '' : place
}

/** The last first. */
function namesOf(path: string): string[] {
  return path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .reverse()
}
