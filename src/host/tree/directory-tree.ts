import { lstatSync, realpathSync, statfsSync } from 'node:fs'
import { machine } from 'node:os'
import { dirname } from 'node:path'
import { createConfigReader } from '../config/config-file.js'
import { isWithoutDevices } from '../watch/mounts.js'
import { watchedMounts } from '../watch/own-mounts.js'
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
  const places = live
    ? trustedPlaces(real)
    : confinedPlaces(real, { isWithoutDevices: isWithoutAnyDevice(real) })
  const textOf = createTextReader()
  const configOf = createConfigReader({ isLive: live })
  const origin: TreeOrigin = live ? { kind: 'live', path: null } : { kind: 'directory', path: root }

  /** What opening it without a look does not settle is looked at. */
  function read<T>(
    path: string,
    use: (place: string, isUnseen: boolean) => T | ReadFailure,
  ): T | ReadFailure {
    const unseen = places.unseen(path)
    const found = unseen === null ? null : use(unseen, true)
    if (found !== null && (!isFailure(found) || isSettled(found))) return found
    const place = places.file(path)
    return isFailure(place) ? place : use(place, false)
  }

  function readText(path: string, limit = ATTRIBUTE_LIMIT): string | ReadFailure {
    const isAttribute = path.startsWith('sys/')
    const use = (place: string, isUnseen: boolean) =>
      textOf({ path: place, limit, isAttribute, isUnseen })
    const text = read(path, use)
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
    readConfig: (path) => read(path, configOf),
    readPrefix: ({ path, length }) => read(path, (place) => readPrefix({ path: place, length })),
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

/** It is not there, does not answer, or is too long: a look tells nothing else. */
function isSettled({ why, errno }: ReadFailure): boolean {
  return why === 'timeout' || why === 'truncated' || errno === 'ENOENT'
}

function isWithoutAnyDevice(root: string): boolean {
  const mounts = watchedMounts()
  return mounts !== null && isWithoutDevices(mounts, root)
}

function findRoot(root: string): string | ReadFailure {
  return watched(root, () =>
    attempt(() => {
      const real = realpathSync.native(root)
      if (!lstatSync(real).isDirectory()) return errnoFailure('ENOTDIR')
      return real === '/' ? '' : real
    }),
  )
}
