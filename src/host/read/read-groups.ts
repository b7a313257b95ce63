import { type Gap, known, type Observed, unknown } from '../gap.js'
import { comparePciAddress, type PciAddress, parsePciAddress } from '../pci-address.js'
import type { RawGroup, RawGroupOther } from '../raw-host.js'
import { gapOf, malformedText, orNone, unknownOf } from '../tree/failure.js'
import { type HostTree, isFailure, type ReadFailure } from '../tree/tree.js'
import { joinPath, nameOf, resolveLink } from '../tree/tree-path.js'
import { type FieldReader, parseDecimal } from './function-fields.js'
import { type FunctionFolder, GROUPS, hasFile } from './function-folders.js'

export interface Groups {
  /** By number. */
  readonly groups: readonly RawGroup[]
  readonly listed: Observed<true>
  readonly gaps: readonly Gap[]
}

const GROUP_NUMBER = /^(?:0|[1-9]\d{0,8})$/

/** Types of default domains that only real groups have. Fake ones have no default domain: `unknown`. */
const REAL_TYPES: ReadonlySet<string> = new Set(['DMA', 'DMA-FQ', 'identity'])

/** What the kernel lists as IOMMU groups, before it is known which of their members are functions. */
export interface GroupListing {
  readonly groups: readonly ListedGroup[]
  readonly listed: Observed<true>
  readonly gaps: readonly Gap[]
}

interface ListedGroup extends Pick<RawGroup, 'id' | 'type' | 'name'> {
  /** Folder of its members. */
  readonly path: string
  readonly members: readonly string[] | ReadFailure
}

/** Lists all IOMMU groups: two accesses for a usual one. */
export function listGroups(tree: HostTree): GroupListing {
  const names = tree.list(GROUPS)
  // A live kernel without the folder has no IOMMU support, hence no groups.
  if (isFailure(names)) {
    return { groups: [], listed: orNone<true>(tree.origin, GROUPS, names, true), gaps: [] }
  }
  const groups: ListedGroup[] = []
  const gaps: Gap[] = []
  for (const name of names) {
    if (!GROUP_NUMBER.test(name)) {
      gaps.push(malformedText(GROUPS, name))
      continue
    }
    const group = listGroup(tree, name)
    if (isFailure(group.members)) gaps.push(gapOf(tree.origin, group.path, group.members))
    groups.push(group)
  }
  return { groups, listed: known(true), gaps }
}

function listGroup(tree: HostTree, number: string): ListedGroup {
  const folder = joinPath(GROUPS, number)
  // Of a copy everything is looked at before it is opened, unless a listing told what it is.
  if (tree.origin.kind !== 'live') tree.list(folder)
  const path = joinPath(folder, 'devices')
  const type = readWord(tree, joinPath(folder, 'type'))
  const isNamed = !type.known || !isReal(type.value)
  return {
    id: Number(number),
    type,
    name: isNamed ? readName(tree, joinPath(folder, 'name')) : known(null),
    path,
    members: tree.list(path),
  }
}

/** The groups with their members. `functions`: addresses of the functions that were found. */
export function readGroups(
  tree: HostTree,
  listing: GroupListing,
  functions: ReadonlySet<PciAddress>,
): Groups {
  const groups = listing.groups.map(({ id, type, name, path, members }): RawGroup => {
    const names = isFailure(members) ? [] : members
    const { devices, others } = readMembers(tree, path, names, functions)
    return { id, type, name, devices, others, unlisted: null }
  })
  groups.sort((a, b) => a.id - b.id)
  return { ...listing, groups: withoutTypes(groups) ?? groups }
}

/** A copy that holds no group's type tells so once; undefined: it holds some. */
function withoutTypes(groups: readonly RawGroup[]): readonly RawGroup[] | undefined {
  if (groups.some(({ type }) => type.known || type.gap.why !== 'not-captured')) return undefined
  const detail = 'no group of this tree has the file'
  const type = unknown({ path: `${GROUPS}/*/type`, why: 'not-captured', detail })
  return groups.map((group) => ({ ...group, type }))
}

/**
 * Group of a function: the one that lists it, else what its own link says; null: it has no such link. A copy without the
 * groups' folder and without any such link is silent.
 */
export function readGroupNumber(
  fields: FieldReader,
  folder: FunctionFolder,
  groupOf: ReadonlyMap<PciAddress, number>,
  listed: Observed<true>,
): Observed<number | null> {
  const isLinked = hasFile(folder.files, 'iommu_group')
  const isListed = isLinked || folder.unlisted !== null
  const own = isListed ? groupOf.get(folder.address) : undefined
  if (own !== undefined) return known(own)
  const isSilent = !isLinked && !listed.known && !fields.isAnywhere('iommu_group')
  return isSilent
    ? fields.none(folder, 'iommu_group')
    : fields.named(folder, 'iommu_group', parseDecimal)
}

function isReal(type: string | null): boolean {
  return type !== null && REAL_TYPES.has(type)
}

/** null: a live host has no such file. */
function readWord(tree: HostTree, path: string): Observed<string | null> {
  const text = tree.readText(path)
  return isFailure(text) ? orNone(tree.origin, path, text, null) : known(text)
}

/** A group has the file only if its driver named it (`iommu_group_set_name`). */
function readName(tree: HostTree, path: string): Observed<string | null> {
  const text = tree.readText(path)
  if (!isFailure(text)) return known(text)
  return text.why === 'absent' ? known(null) : unknownOf(tree.origin, path, text)
}

function readMembers(
  tree: HostTree,
  path: string,
  names: readonly string[],
  functions: ReadonlySet<PciAddress>,
): Pick<RawGroup, 'devices' | 'others'> {
  const devices = new Set<PciAddress>()
  const others: RawGroupOther[] = []
  for (const name of names) {
    const member = parsePciAddress(name)
    if (member !== undefined && functions.has(member)) {
      devices.add(member)
      continue
    }
    const found = followMember(tree, joinPath(path, name), functions)
    if (typeof found === 'string') devices.add(found)
    else others.push(found)
  }
  return { devices: [...devices].sort(comparePciAddress), others }
}

/**
 * A name is not the whole truth: on a clash the kernel appends `.0` to it (`iommu_group_add_device`). What the link leads to
 * is a PCI function or another device.
 */
function followMember(
  tree: HostTree,
  link: string,
  functions: ReadonlySet<PciAddress>,
): PciAddress | RawGroupOther {
  const name = nameOf(link)
  const target = tree.readLink(link)
  if (isFailure(target)) return { name, driver: unknownOf(tree.origin, link, target) }
  const path = resolveLink(link, target)
  const address = parsePciAddress(nameOf(target))
  if (path === undefined) return { name, driver: unknown(malformedText(link, target)) }
  if (address === undefined) return { name, driver: readOtherDriver(tree, path) }
  if (functions.has(address)) return address
  const why = tree.origin.kind === 'live' ? 'vanished' : 'not-captured'
  return { name: address, driver: unknown({ path, why, detail: 'not among the PCI functions' }) }
}

/** A folder that is there and has no such link belongs to a device without a driver. */
function readOtherDriver(tree: HostTree, path: string): Observed<string | null> {
  const link = joinPath(path, 'driver')
  const target = tree.readLink(link)
  if (!isFailure(target)) return known(nameOf(target))
  if (target.why !== 'absent') return unknownOf(tree.origin, link, target)
  return isFailure(tree.list(path)) ? unknownOf(tree.origin, link, target) : known(null)
}
