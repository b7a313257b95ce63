import { lstatSync, readlinkSync } from 'node:fs'
import { cwd } from 'node:process'
import { attempt, errnoFailure } from '../tree/failure.js'
import { kindOf } from '../tree/places.js'
import { isFailure } from '../tree/tree.js'
import { ownMounts } from './own-mounts.js'
import { createSteadyPaths, type SteadyPaths } from './steady-paths.js'

const NONE: SteadyPaths = { isSteady: () => false, isSteadyTree: () => false }

/** The paths of this process's own file systems that cannot hang; none, where the kernel does not tell of its mounts. */
export function steadyFiles(): SteadyPaths {
  const mounts = ownMounts()
  if (mounts === null) return NONE
  const made = attempt(() => createSteadyPaths(mounts, SIGHT, cwd()))
  return isFailure(made) ? NONE : made
}

const SIGHT = {
  look: (path: string) => attempt(() => kindOf(lstatSync(path)) ?? errnoFailure('EINVAL')),
  readLink: (path: string) => attempt(() => readlinkSync(path)),
}
