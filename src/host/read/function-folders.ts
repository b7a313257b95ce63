import type { Gap } from '../gap.js'
import { comparePciAddress, type PciAddress, parsePciAddress } from '../pci-address.js'
import { gapOf, malformedText } from '../tree/failure.js'
import { type HostTree, isFailure, type ReadFailure } from '../tree/tree.js'
import { joinPath, nameOf, parentOf, resolveLink } from '../tree/tree-path.js'

/** Files and folders of a function that are looked for; each has one bit. */
const FILES = [
  'uevent',
  'vendor',
  'device',
  'class',
  'subsystem_vendor',
  'subsystem_device',
  'revision',
  'driver',
  'iommu_group',
  'numa_node',
  'reset_method',
  'power_state',
  'power',
  'enable',
  'physfn',
  'sriov_totalvfs',
  'pci_bus',
  'vfio-dev',
  'boot_vga',
  'config',
  'net',
] as const

export type FunctionFile = (typeof FILES)[number]

const BITS: ReadonlyMap<string, number> = new Map(FILES.map((name, index) => [name, 1 << index]))

/** The same for names that are written here, which an object finds faster than a map. */
const BIT: Readonly<Record<string, number>> = Object.fromEntries(BITS)

/** Where a function stands and what its folder holds. */
export interface FunctionFolder {
  readonly address: PciAddress
  /** Folder relative to the root, without links. */
  readonly path: string
  /** Which of `FILES` are there: a set of bits, since hosts have thousands of functions. */
  readonly files: number
  /** N of every `virtfnN`, ascending. */
  readonly virtfns: readonly number[]
  /** Functions whose folders stand in this one. */
  readonly below: readonly PciAddress[]
  /** Why the folder could not be listed: then nothing is known of the function. */
  readonly unlisted: Gap | null
}

/** Where the kernel lists all PCI functions. */
export const DEVICES = 'sys/bus/pci/devices'

export const GROUPS = 'sys/kernel/iommu_groups'

/** More functions than any host has; what comes behind them is not read. */
const FUNCTION_LIMIT = 1_048_576

const HOST_BRIDGE = /(?:^|\/)pci[0-9a-f]{4,8}:[0-9a-f]{2}\//

export interface FolderFinder {
  /** A gap: there is no such function any more, or it has no place in the hierarchy. */
  find(address: PciAddress): FunctionFolder | Gap
  /** What host bridges hold, by their folders, as far as functions led there. */
  readonly hostBridges: ReadonlyMap<string, readonly PciAddress[]>
}

/**
 * Finds the folder of one function after the other, in the order of addresses, and lists it once, so that no file is opened
 * that is not there. A bridge's folder also names the functions right below it, which saves their links.
 */
export function createFolderFinder(tree: HostTree): FolderFinder {
  const places = new Map<PciAddress, string>()
  const hostBridges = new Map<string, readonly PciAddress[]>()
  const contentOf = createContentReader()

  function find(address: PciAddress): FunctionFolder | Gap {
    const path = places.get(address) ?? locate(tree, address)
    if (typeof path !== 'string') return path
    listAbove(path)
    places.delete(address)
    const folder = listFolder(tree, { address, path }, contentOf)
    for (const each of folder.below) places.set(each, joinPath(path, each))
    return folder.unlisted?.why === 'vanished' ? folder.unlisted : folder
  }

  /** Of a copy each folder is looked at, unless a listing told what it is, and host bridges can hold functions that are not listed. */
  function listAbove(path: string): void {
    if (tree.origin.kind === 'live') return
    const above = parentOf(path)
    if (hostBridges.has(above) || parsePciAddress(nameOf(above)) !== undefined) return
    const names = listOrNone(tree, above)
    hostBridges.set(
      above,
      names.flatMap((name) => parsePciAddress(name) ?? []),
    )
  }

  return { find, hostBridges }
}

/** A function that is not listed, by the path that tells of it. */
export interface PassedFunction {
  readonly address: PciAddress
  readonly path: string
}

/** What else names functions. */
export interface Namers extends Pick<FolderFinder, 'hostBridges'> {
  readonly groups: () => readonly GroupMembers[]
}

/** Names in the folder of a group's members. */
export interface GroupMembers {
  readonly path: string
  readonly members: readonly string[] | ReadFailure
}

/**
 * Functions that a copy names and does not list in `DEVICES`: in folders of bridges, and as members of IOMMU groups. The host has
 * them, so that none of their neighbours must seem to be alone. A live host has no more than it lists.
 */
export function findNamed(
  tree: HostTree,
  folders: readonly FunctionFolder[],
  { hostBridges, groups }: Namers,
): readonly PassedFunction[] {
  if (tree.origin.kind === 'live') return []
  const listed = new Set<string>(folders.map(({ address }) => address))
  const isWanted = (name: string) => !listed.has(name) && parsePciAddress(name) !== undefined
  const found = new Map<PciAddress, string>()
  for (const path of [
    ...pathsBelow(tree, folders, hostBridges).filter((each) => isWanted(nameOf(each))),
    ...memberPaths(tree, groups(), isWanted),
  ]) {
    const address = parsePciAddress(nameOf(path))
    if (address !== undefined && !listed.has(address)) found.set(address, path)
  }
  return [...found].map(([address, path]) => ({ address, path }))
}

/** Functions in the folders of bridges, and in those that hold functions: mostly they were listed. */
function pathsBelow(
  tree: HostTree,
  folders: readonly FunctionFolder[],
  hostBridges: FolderFinder['hostBridges'],
): readonly string[] {
  const bridges = folders.filter(({ files }) => hasFile(files, 'pci_bus'))
  const above = [...bridges.map(({ path }) => path), ...folders.map(({ path }) => parentOf(path))]
  const listed = new Map<string, readonly string[]>(hostBridges)
  for (const { path, below } of folders) listed.set(path, below)
  return [...new Set(above)].flatMap((path) =>
    (listed.get(path) ?? listOrNone(tree, path)).map((name) => joinPath(path, name)),
  )
}

/** Where the members of groups stand, those that are functions. */
function memberPaths(
  tree: HostTree,
  groups: readonly GroupMembers[],
  isWanted: (name: string) => boolean,
): readonly string[] {
  return groups.flatMap(({ path, members }) => {
    if (isFailure(members)) return []
    return members.filter(isWanted).flatMap((name) => {
      const link = joinPath(path, name)
      const target = tree.readLink(link)
      const place = isFailure(target) ? undefined : resolveLink(link, target)
      const isPlace = place !== undefined && nameOf(place) === name && HOST_BRIDGE.test(place)
      return isPlace ? [place] : []
    })
  })
}

function listOrNone(tree: HostTree, path: string): readonly string[] {
  const names = tree.list(path)
  return isFailure(names) ? [] : names
}

/**
 * Bridges whose folders hold functions of `folders` although `DEVICES` does not list them: a copy can lose a link. The kernel
 * has them all the same, so what is below them must not seem to hang in the air.
 */
export function findPassed(folders: readonly FunctionFolder[]): readonly PassedFunction[] {
  const known = new Set(folders.map(({ address }) => address))
  const passed: PassedFunction[] = []
  for (const folder of folders) {
    let path = parentOf(folder.path)
    let address = parsePciAddress(nameOf(path))
    while (address !== undefined && !known.has(address)) {
      known.add(address)
      passed.push({ address, path })
      path = parentOf(path)
      address = parsePciAddress(nameOf(path))
    }
  }
  return passed
}

/** Lists the folder of such a function. */
export function listPassed(tree: HostTree, passed: PassedFunction): FunctionFolder {
  return listFolder(tree, passed, contentOf)
}

export function hasFile(files: number, name: FunctionFile): boolean {
  return (files & (BIT[name] ?? 0)) !== 0
}

export interface FunctionListing {
  /** In order. */
  readonly addresses: readonly PciAddress[]
  readonly isListed: boolean
  /** What is no address, or why there is no list. */
  readonly gaps: readonly Gap[]
}

export function listFunctions(tree: HostTree): FunctionListing {
  const names = tree.list(DEVICES)
  if (isFailure(names)) {
    return { addresses: [], isListed: false, gaps: [gapOf(tree.origin, DEVICES, names)] }
  }
  const addresses = names.flatMap((name) => parsePciAddress(name) ?? [])
  const gaps = names
    .filter((name) => parsePciAddress(name) === undefined)
    .map((name) => malformedText(DEVICES, name))
  if (addresses.length > FUNCTION_LIMIT) {
    addresses.length = FUNCTION_LIMIT
    gaps.push({ path: DEVICES, why: 'truncated', detail: `more than ${FUNCTION_LIMIT} functions` })
  }
  return { addresses: addresses.sort(comparePciAddress), isListed: true, gaps }
}

/** Folder of a function by its link in `DEVICES`. Without a host bridge in the path there is no topology to speak of. */
function locate(tree: HostTree, address: PciAddress): string | Gap {
  const link = joinPath(DEVICES, address)
  const target = tree.readLink(link)
  if (isFailure(target)) {
    if (target.why === 'absent') return { path: link, why: 'vanished', detail: 'went away' }
    return gapOf(tree.origin, link, target)
  }
  const path = resolveLink(link, target)
  if (path === undefined || nameOf(path) !== address || !HOST_BRIDGE.test(path)) {
    return malformedText(link, target)
  }
  return path
}

function listFolder(
  tree: HostTree,
  { address, path }: PassedFunction,
  read: (names: readonly string[]) => FolderContent,
): FunctionFolder {
  const names = tree.list(path)
  if (isFailure(names)) {
    const hasGone = tree.origin.kind === 'live' && names.why === 'absent'
    const gap = gapOf(tree.origin, path, hasGone ? { ...names, why: 'vanished' } : names)
    return { address, path, files: 0, virtfns: [], below: [], unlisted: gap }
  }
  const { files, virtfns, below } = read(names)
  return { address, path, files, virtfns, below, unlisted: null }
}

type FolderContent = Pick<FunctionFolder, 'files' | 'virtfns' | 'below'>

/** VFs of a PF, and ports of a switch, hold the same, and come one after the other. */
function createContentReader(): (names: readonly string[]) => FolderContent {
  let last: readonly string[] = []
  let content: FolderContent = { files: 0, virtfns: [], below: [] }
  return (names) => {
    const isSame = names.length === last.length && names.every((name, at) => name === last[at])
    if (!isSame) {
      last = names
      content = contentOf(names)
    }
    return content
  }
}

function contentOf(names: readonly string[]): FolderContent {
  let files = 0
  const virtfns: number[] = []
  const below: PciAddress[] = []
  for (const name of names) {
    const bit = BITS.get(name)
    if (bit !== undefined) files |= bit
    else if (name.startsWith('virtfn')) addIndex(virtfns, name.slice('virtfn'.length))
    else if (name[name.length - 2] === '.') addFunction(below, name)
  }
  return { files, virtfns: virtfns.sort((a, b) => a - b), below }
}

function addFunction(below: PciAddress[], name: string): void {
  const address = parsePciAddress(name)
  if (address !== undefined) below.push(address)
}

function addIndex(indices: number[], digits: string): void {
  if (/^\d{1,5}$/.test(digits)) indices.push(Number(digits))
}
