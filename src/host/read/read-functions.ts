import type { Gap, Known, Observed } from '../gap.js'
import { type BusId, comparePciAddress, type PciAddress, parseBusId } from '../pci-address.js'
import type { RawFunction } from '../raw-host.js'
import { missingWhy } from '../tree/failure.js'
import { type HostTree, isFailure } from '../tree/tree.js'
import { joinPath } from '../tree/tree-path.js'
import {
  createEnabledReader,
  createIdReader,
  readRuntimeStatus,
  readVfioDev,
} from './function-attributes.js'
import { createParser, type FieldReader, NONE } from './function-fields.js'
import {
  createFolderFinder,
  DEVICES,
  type FunctionFolder,
  findNamed,
  findPassed,
  type GroupMembers,
  hasFile,
  listPassed,
} from './function-folders.js'
import { createVirtualReader } from './virtual-functions.js'

/** A function without what is read later: its config space, what hangs on that, and its group. */
export type FunctionFacts = Omit<RawFunction, 'config' | 'revision' | 'iommuGroup'>

export interface FunctionIdentity {
  readonly folder: FunctionFolder
  readonly facts: FunctionFacts
}

export interface FunctionIdentities {
  /** In the order of addresses. */
  readonly identities: readonly FunctionIdentity[]
  /** A function went away while it was looked for. */
  readonly changed: boolean
  readonly gaps: readonly Gap[]
}

/** Class and subclass of bridges: PCI, CardBus, semi-transparent PCI. */
const BRIDGE_CLASSES: ReadonlySet<number> = new Set([0x0604, 0x0607, 0x0609])
const VGA_CLASS = 0x0300

export interface FunctionsWish {
  /** Those that are listed, in order. */
  readonly addresses: readonly PciAddress[]
  readonly fields: FieldReader
  /** Gets each function as soon as it was read. */
  readonly take: (identity: FunctionIdentity) => void
  /** Lists the IOMMU groups, which name functions too. */
  readonly groups: () => readonly GroupMembers[]
}

/** Reads who every function is and how it stands, from attributes that cost no access to the bus. */
export function readFunctions(
  tree: HostTree,
  { addresses, fields, take, groups }: FunctionsWish,
): FunctionIdentities {
  const gaps: Gap[] = []
  const identities: FunctionIdentity[] = []
  const finder = createFolderFinder(tree)
  const readFacts = createFactReader(tree, fields, gaps)
  let changed = false
  const add = (folder: FunctionFolder) => {
    fields.note(folder)
    const identity = { folder, facts: readFacts(folder) }
    identities.push(identity)
    take(identity)
  }
  for (const address of addresses) {
    const folder = finder.find(address)
    if ('why' in folder) {
      gaps.push(folder)
      changed ||= folder.why === 'vanished'
      continue
    }
    add(folder)
  }
  const folders = () => identities.map(({ folder }) => folder)
  for (const [find, detail] of UNLISTED) {
    for (const each of find(tree, folders(), { hostBridges: finder.hostBridges, groups })) {
      gaps.push({ path: joinPath(DEVICES, each.address), why: missingWhy(tree.origin), detail })
      add(listPassed(tree, each))
    }
  }
  identities.sort((a, b) => comparePciAddress(a.facts.address, b.facts.address))
  return { identities, changed, gaps }
}

/** What tells of functions that are not listed. */
const UNLISTED = [
  [findNamed, 'its group or the folder of its bridge names it, but it is not listed'],
  [
    (_: HostTree, folders: readonly FunctionFolder[]) => findPassed(folders),
    'its folder holds functions, but it is not listed',
  ],
] as const

/** `gaps` takes what belongs to no field. */
function createFactReader(
  tree: HostTree,
  fields: FieldReader,
  gaps: Gap[],
): (folder: FunctionFolder) => FunctionFacts {
  const readIds = createIdReader(tree, fields, gaps)
  const readVirtual = createVirtualReader(tree, fields, gaps)
  const readEnabled = createEnabledReader(fields)
  const parseNode = createParser(fields, nodeOf)
  const nodeOfVirtfns = new Map<PciAddress, Known<number | null>>()
  const parseMethods = createParser(fields, methodsOf)
  const parseFlag = createParser(fields, flagOf)

  /** All VFs of a PF are on the bus, and so on the node, of the first (`pcibus_to_node`). */
  function readNode(folder: FunctionFolder, physfn: Observed<PciAddress | null>) {
    if (!physfn.known || physfn.value === null || !hasFile(folder.files, 'numa_node')) {
      return parseNode(folder, 'numa_node')
    }
    const told = nodeOfVirtfns.get(physfn.value)
    if (told !== undefined) return told
    const node = parseNode(folder, 'numa_node')
    if (node.known) nodeOfVirtfns.set(physfn.value, node)
    return node
  }

  /** Only VGA functions have the file. */
  function readBootVga(folder: FunctionFolder, classCode: Observed<number>) {
    if (hasFile(folder.files, 'boot_vga')) return parseFlag(folder, 'boot_vga')
    const isVga = !classCode.known || classCode.value >>> 8 === VGA_CLASS
    return isVga ? fields.none(folder, 'boot_vga') : NONE
  }

  return (folder) => {
    const { address, path, files } = folder
    const ids = readIds(folder)
    const virtual = readVirtual(folder)
    const wantsStatus = isBridge(folder, ids.classCode) || !hasFile(files, 'power_state')
    return {
      address,
      path,
      vendorId: ids.vendorId,
      deviceId: ids.deviceId,
      subsystemVendorId: ids.subsystemVendorId,
      subsystemDeviceId: ids.subsystemDeviceId,
      classCode: ids.classCode,
      driver: ids.driver,
      numaNode: readNode(folder, virtual.physfn),
      resetMethods: parseMethods(folder, 'reset_method'),
      physfn: virtual.physfn,
      virtfns: virtual.virtfns,
      sriovTotal: virtual.sriovTotal,
      power: fields.optional(folder, 'power_state'),
      enabled: readEnabled(folder),
      bootVga: readBootVga(folder, ids.classCode),
      runtimeStatus: wantsStatus ? readRuntimeStatus(tree, fields, folder) : NONE,
      // Folders come last: the files of one are found faster right after it was listed.
      childBuses: hasFile(files, 'pci_bus') ? listChildBuses(tree, path) : NO_BUSES,
      vfioDev: readVfioDev(tree, folder),
    }
  }
}

function isBridge({ files }: FunctionFolder, classCode: Observed<number>): boolean {
  if (hasFile(files, 'pci_bus')) return true
  return classCode.known && BRIDGE_CLASSES.has(classCode.value >>> 8)
}

const NO_BUSES: readonly BusId[] = []

/** A bridge's own bus and the SR-IOV buses beside it; a folder that went away has none. */
function listChildBuses(tree: HostTree, path: string): readonly BusId[] {
  const names = tree.list(joinPath(path, 'pci_bus'))
  return isFailure(names) ? NO_BUSES : names.flatMap((name) => parseBusId(name) ?? [])
}

/** null: -1, no node stated. */
function nodeOf(text: string): number | null | undefined {
  if (text === '-1') return null
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

/** Words of `reset_method`; an administrator can empty it. */
function methodsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

function flagOf(text: string): boolean | undefined {
  if (text === '1') return true
  return text === '0' ? false : undefined
}
