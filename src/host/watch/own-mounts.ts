import { readFileSync, statfsSync } from 'node:fs'
import { attempt } from '../tree/failure.js'
import { isFailure } from '../tree/tree.js'
import { type Mount, parseMounts } from './mounts.js'
import { watched } from './watch.js'

const FILE = '/proc/self/mounts'

/** What `statfs` says of procfs (`PROC_SUPER_MAGIC`, include/uapi/linux/magic.h). */
const PROCFS = 0x9fa0

let own: readonly Mount[] | null | undefined

/** The mounts that this process sees, read once; null: the kernel does not tell. For whoever watches: others ask `watchedMounts`. */
export function ownMounts(): readonly Mount[] | null {
  if (own === undefined) own = read()
  return own
}

/** The same; whoever works alone has them already. */
export function watchedMounts(): readonly Mount[] | null {
  if (own !== undefined) return own
  const mounts = watched(FILE, ownMounts)
  return isFailure(mounts) ? null : mounts
}

function read(): readonly Mount[] | null {
  const mounts = attempt(() => {
    // In a container or a test, /proc can be a folder in which anything stands.
    if (statfsSync('/proc').type !== PROCFS) return null
    return parseMounts(readFileSync(FILE, 'utf8'))
  })
  return isFailure(mounts) ? null : mounts
}
