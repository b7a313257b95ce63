import { known, type Observed, unknown } from '../gap.js'
import { malformedText, orNone, unknownOf } from '../tree/failure.js'
import { type HostTree, isFailure, type ReadFailure } from '../tree/tree.js'

/** What only the question asks about whether a host is ready. */
export interface ReadinessFacts {
  /** Whether the driver is loaded, or built in. */
  readonly vfioLoaded: Observed<boolean>
  /** Whether the kernel has the driver at all. */
  readonly vfioPci: Observed<ModuleState>
  /** Mode of the lockdown LSM; null: this kernel has none. */
  readonly lockdown: Observed<string | null>
}

/** Where the driver is: at hand now, to be loaded, or not part of the kernel. */
export type ModuleState = 'present' | 'loadable' | 'missing'

const LOCKDOWN = 'sys/kernel/security/lockdown'

/** Reads them. `release`: as `uname -r` says, null where that was not read. */
export function readReadiness(tree: HostTree, release: string | null): ReadinessFacts {
  const driver = tree.list(DRIVER)
  return {
    vfioLoaded: isFailure(driver) ? orNone(tree.origin, DRIVER, driver, false) : known(true),
    vfioPci: isFailure(driver) ? findModule(tree, driver, release) : known('present'),
    lockdown: readLockdown(tree),
  }
}

const DRIVER = 'sys/bus/pci/drivers/vfio-pci'

/** Lists of modules are long. */
const MODULES_LIMIT = 16_777_216

function findModule(
  tree: HostTree,
  driver: ReadFailure,
  release: string | null,
): Observed<ModuleState> {
  if (release === null || !/^[\w.+~-]+$/.test(release))
    return unknownOf(tree.origin, DRIVER, driver)
  const path = `lib/modules/${release}/modules.dep`
  // A container, or a copy, need not have the modules of the kernel that runs.
  const modules = tree.readText(path, MODULES_LIMIT)
  if (isFailure(modules)) return unknownOf(tree.origin, path, modules)
  const isThere = /(?:^|\/)vfio-pci\.ko(?:\.\w+)?:/m.test(modules)
  return known(isThere ? 'loadable' : 'missing')
}

/** `none [integrity] confidentiality`: the mode that holds is in brackets (`lockdown_read`). */
function readLockdown(tree: HostTree): Observed<string | null> {
  const text = tree.readText(LOCKDOWN)
  if (isFailure(text)) return orNone(tree.origin, LOCKDOWN, text, null)
  const mode = /\[(none|integrity|confidentiality)\]/.exec(text)?.[1]
  return mode === undefined ? unknown(malformedText(LOCKDOWN, text)) : known(mode)
}
