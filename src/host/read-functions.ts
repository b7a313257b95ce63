import { createFieldReader, type FieldReader, NONE, parsed } from './function-fields.js'
import { type FunctionFolder, type FunctionFolders, hasFile } from './function-folders.js'
import { readFunctionIds } from './function-ids.js'
import { readEnabled, readRuntimeStatus, readVfioDev } from './function-state.js'
import { type Gap, mapObserved, type Observed } from './gap.js'
import { type BusId, parseBusId } from './pci-address.js'
import type { RawFunction } from './raw-host.js'
import { type HostTree, isFailure } from './tree.js'
import { joinPath } from './tree-path.js'
import { readPhysfn, readSriovTotal, readVirtualFunctions } from './virtual-functions.js'

/** A function without what is read later: its config space, what hangs on that, and its group. */
export type FunctionFacts = Omit<RawFunction, 'config' | 'revision' | 'iommuGroup'>

export interface FunctionIdentity {
  readonly folder: FunctionFolder
  readonly facts: FunctionFacts
}

export interface FunctionIdentities {
  /** In the order of the folders. */
  readonly identities: readonly FunctionIdentity[]
  /** Reads the attributes that are left. */
  readonly fields: FieldReader
  readonly gaps: readonly Gap[]
}

/** Class and subclass of bridges: PCI, CardBus, semi-transparent PCI. */
const BRIDGE_CLASSES: ReadonlySet<number> = new Set([0x0604, 0x0607, 0x0609])
const VGA_CLASS = 0x0300

/**
 * Reads who every function is and how it stands, from attributes that cost no access to the bus. `vfioModules`: modules
 * that hold `vfio_pci_core`; functions on their drivers are looked at more closely.
 */
export function readFunctions(
  tree: HostTree,
  { folders, anywhere }: FunctionFolders,
  vfioModules: readonly string[],
): FunctionIdentities {
  const fields = createFieldReader(tree, anywhere)
  const { virtfnsOf, physfnOf, gaps } = readVirtualFunctions(tree, folders)
  const modules = new Set(vfioModules.map(moduleName))
  const identities = folders.map((folder): FunctionIdentity => {
    const { address, path, files } = folder
    const ids = readFunctionIds(fields, folder)
    const isVfio = hasFile(files, 'vfio-dev') || isVfioDriver(ids.driver, modules)
    const wantsStatus = isVfio || isBridge(folder, ids.classCode) || !hasFile(files, 'power_state')
    const facts: FunctionFacts = {
      address,
      path,
      ...ids,
      numaNode: parsed(fields.text(folder, 'numa_node'), joinPath(path, 'numa_node'), parseNode),
      resetMethods: readResetMethods(fields, folder),
      physfn: readPhysfn(fields, folder, physfnOf),
      virtfns: virtfnsOf.get(address) ?? [],
      sriovTotal: readSriovTotal(fields, folder),
      childBuses: hasFile(files, 'pci_bus') ? listChildBuses(tree, path) : [],
      power: fields.optional(folder, 'power_state'),
      runtimeStatus: wantsStatus ? readRuntimeStatus(tree, fields, folder) : NONE,
      enabled: isVfio ? readEnabled(fields, folder) : NONE,
      vfioDev: readVfioDev(tree, folder),
      bootVga: readBootVga(fields, folder, ids.classCode),
    }
    return { folder, facts }
  })
  return { identities, fields, gaps }
}

/** Out-of-tree drivers too: those that hold the core, and those that say it in their name. */
function isVfioDriver(driver: Observed<string | null>, modules: ReadonlySet<string>): boolean {
  if (!driver.known || driver.value === null) return false
  return driver.value.includes('vfio') || modules.has(moduleName(driver.value))
}

/** Module names are written with either `-` or `_`. */
function moduleName(name: string): string {
  return name.replaceAll('-', '_')
}

function isBridge({ files }: FunctionFolder, classCode: Observed<number>): boolean {
  if (hasFile(files, 'pci_bus')) return true
  return classCode.known && BRIDGE_CLASSES.has(classCode.value >>> 8)
}

/** null: -1, no node stated. */
function parseNode(text: string): number | null | undefined {
  if (text === '-1') return null
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

/** The file exists where some method existed when the function was added; kernels before 5.15 have none at all. */
function readResetMethods(
  fields: FieldReader,
  folder: FunctionFolder,
): Observed<readonly string[] | null> {
  const isNone =
    folder.unlisted === null &&
    !hasFile(folder.files, 'reset_method') &&
    fields.isAnywhere('reset_method')
  if (isNone) return NONE
  return mapObserved(fields.text(folder, 'reset_method'), (text) =>
    text.split(/\s+/).filter((word) => word !== ''),
  )
}

/** A bridge's own bus and the SR-IOV buses beside it; a folder that went away has none. */
function listChildBuses(tree: HostTree, path: string): BusId[] {
  const names = tree.list(joinPath(path, 'pci_bus'))
  return isFailure(names) ? [] : names.flatMap((name) => parseBusId(name) ?? [])
}

/** Only VGA functions have the file. */
function readBootVga(
  fields: FieldReader,
  folder: FunctionFolder,
  classCode: Observed<number>,
): Observed<boolean | null> {
  if (hasFile(folder.files, 'boot_vga')) {
    const path = joinPath(folder.path, 'boot_vga')
    return parsed(fields.text(folder, 'boot_vga'), path, parseFlag)
  }
  const isVga = !classCode.known || classCode.value >>> 8 === VGA_CLASS
  return isVga ? fields.none(folder, 'boot_vga') : NONE
}

function parseFlag(text: string): boolean | undefined {
  if (text === '1') return true
  return text === '0' ? false : undefined
}
