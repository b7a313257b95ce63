import { lstatSync, realpathSync, statfsSync } from 'node:fs'
import { machine } from 'node:os'
import { dirname } from 'node:path'
import { createConfigReader } from '../config/config-file.js'
import { watch, watched } from '../watch/watch.js'
import { createTextReader, readPrefix } from './attribute-file.js'
import { attempt, errnoFailure, failure } from './failure.js'
import { confinedPlaces, readTarget, trustedPlaces } from './places.js'
import {
  ATTRIBUTE_LIMIT,
  type HostTree,
  isFailure,
  type ReadFailure,
  type TreeOrigin,
} from './tree.js'

export interface DirectoryTreeOptions {
  /** Folder that stands for `/`, as the user named it. */
  readonly root: string
  /**
   * The folder is this very host's `/`: its sysfs is the kernel's own and needs no guard. Otherwise the folder is taken
   * for hostile, and no link in it leads out of it.
   */
  readonly live: boolean
}

/** Where the kernel tells its machine name, from 6.1 on; before, `uname` stands in on a live host. */
const ARCH_PATH = 'proc/sys/kernel/arch'

/**
 * The tree in a folder; a failure when there is no such folder. Reads are synchronous: sysfs answers at once, and what does not
 * answer is the business of whoever watches this process.
 */
export function openDirectoryTree({ root, live }: DirectoryTreeOptions): HostTree | ReadFailure {
  const real = findRoot(root)
  if (isFailure(real)) return real
  if (!live) watch().confined(real)
  const places = live ? trustedPlaces(real) : confinedPlaces(real)
  const textOf = createTextReader()
  const configOf = createConfigReader({ isKernels: live })
  const origin: TreeOrigin = live ? { kind: 'live', path: null } : { kind: 'directory', path: root }

  function readText(path: string, limit = ATTRIBUTE_LIMIT): string | ReadFailure {
    const place = places.file(path)
    if (isFailure(place)) return place
    const text = textOf({ path: place, limit, isAttribute: path.startsWith('sys/') })
    return live && path === ARCH_PATH && isFailure(text) ? machine() : text
  }

  return {
    origin,
    source: origin,
    readText,
    readLink(path) {
      const place = places.entry(path)
      return isFailure(place) ? place : readTarget(place)
    },
    list: places.list,
    readConfig(path) {
      const place = places.file(path)
      return isFailure(place) ? place : configOf(place)
    },
    readPrefix({ path, length }) {
      const place = places.file(path)
      return isFailure(place) ? place : readPrefix({ path: place, length })
    },
    madeAt(path) {
      const place = places.entry(path)
      return isFailure(place) ? place : nodeNumber(place)
    },
  }
}

/** `SYSFS_MAGIC` of linux/magic.h. */
const SYSFS = 0x62656572

/** Inode numbers of other file systems say nothing of an order: those of a copy are the disk's. */
function nodeNumber(path: string): number | ReadFailure {
  return watched(path, () =>
    attempt(() => {
      const { ino } = lstatSync(path)
      if (statfsSync(dirname(path)).type !== SYSFS) return NO_SYSFS
      return ino
    }),
  )
}

const NO_SYSFS = failure('not-captured', 'not in a sysfs')

function findRoot(root: string): string | ReadFailure {
  return watched(root, () =>
    attempt(() => {
      const real = realpathSync.native(root)
      if (!lstatSync(real).isDirectory()) return errnoFailure('ENOTDIR')
      return real === '/' ? '' : real
    }),
  )
}
