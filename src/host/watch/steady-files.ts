import { lstatSync, readFileSync, readlinkSync, statfsSync } from 'node:fs'
import { cwd } from 'node:process'
import { attempt, errnoFailure } from '../tree/failure.js'
import { kindOf } from '../tree/places.js'
import { isFailure } from '../tree/tree.js'
import { parseMounts } from './mounts.js'
import { createSteadyPaths, type SteadyPaths } from './steady-paths.js'

/** What `statfs` says of procfs (`PROC_SUPER_MAGIC`, include/uapi/linux/magic.h). */
const PROCFS = 0x9fa0

const NONE: SteadyPaths = { isSteady: () => false, isSteadyTree: () => false }

/** The paths of this process's own file systems that cannot hang; none, where the kernel does not tell of its mounts. */
export function steadyFiles(): SteadyPaths {
  const made = attempt(() => {
    // In a container or a test, /proc can be a folder in which anything stands.
    if (statfsSync('/proc').type !== PROCFS) return NONE
    const mounts = parseMounts(readFileSync('/proc/self/mounts', 'utf8'))
    if (mounts === null) return NONE
    return createSteadyPaths(mounts, SIGHT, cwd())
  })
  return isFailure(made) ? NONE : made
}

const SIGHT = {
  look: (path: string) => attempt(() => kindOf(lstatSync(path)) ?? errnoFailure('EINVAL')),
  readLink: (path: string) => attempt(() => readlinkSync(path)),
}
