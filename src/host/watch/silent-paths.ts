import { failure } from '../tree/failure.js'
import type { ReadFailure } from '../tree/tree.js'
import { nameOf, parentOf } from '../tree/tree-path.js'
import type { Wish } from './messages.js'

/** Silent files of one kind that stand for all of that kind: beside each other, and anywhere. */
const ENOUGH_BESIDE = 2
const ENOUGH_ANYWHERE = 4

const NO_ANSWER = failure('timeout', 'no answer')

/**
 * Which paths are left alone, given those that hang. What hangs seldom hangs alone: the reset of a bus holds the lock of every
 * function on it, and each file costs a deadline to find out.
 */
export function createSilence({ silent, byName }: Wish): (path: string) => ReadFailure | null {
  if (silent.length === 0) return () => null
  const paths = new Set(silent)
  const beside = countBy(silent, placeOf)
  const anywhere = countBy(silent, kindOf)

  function isLike(path: string): boolean {
    const count = anywhere.get(kindOf(path)) ?? 0
    if (count === 0) return false
    return byName || count >= ENOUGH_ANYWHERE || (beside.get(placeOf(path)) ?? 0) >= ENOUGH_BESIDE
  }

  return (path) => {
    if (paths.has(path)) return NO_ANSWER
    if (!isLike(path)) return null
    return failure('timeout', `not read: files called ${nameOf(path)} give no answer`)
  }
}

/**
 * Name of the file, and what the folder is called that it is in, but for its numbers: `uevent` of any function, `devices` of any
 * group, which are not the `devices` of a bus.
 */
function kindOf(path: string): string {
  return `${nameOf(parentOf(path)).replaceAll(/[\da-f]+/gi, '#')}/${nameOf(path)}`
}

/** Folder above the one that the file is in, and its name: functions of one bus share it. */
function placeOf(path: string): string {
  return `${parentOf(parentOf(path))}/*/${nameOf(path)}`
}

function countBy(
  paths: readonly string[],
  key: (path: string) => string,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const path of paths) counts.set(key(path), (counts.get(key(path)) ?? 0) + 1)
  return counts
}
