import { type Gap, isYes, known, type Observed, unknown } from '../gap.js'
import { comparePciAddress, type PciAddress } from '../pci-address.js'
import type { RawFunction, RawGroup, RawSystem } from '../raw-host.js'
import { GROUPS } from './function-folders.js'
import type { Groups } from './read-groups.js'

/**
 * The groups that were listed and those that only the functions' own `iommu_group` links state, by number. A link counts even where the
 * group's folder was not captured or could not be listed; whom else the group holds is unknown then.
 */
export function withLinkedGroups(
  { groups, listed }: Pick<Groups, 'groups' | 'listed'>,
  functions: readonly RawFunction[],
  { unsafeNoiommu }: Pick<RawSystem, 'unsafeNoiommu'>,
): readonly RawGroup[] {
  const missing = missingMembers(groups, functions)
  if (missing.size === 0) return groups
  const byNumber = new Map(groups.map((group) => [group.id, group]))
  for (const [id, members] of missing) {
    byNumber.set(id, withMembers(byNumber.get(id) ?? null, id, members, listed))
  }
  const all = [...byNumber.values()].sort((a, b) => a.id - b.id)
  const isInUse = !isYes(unsafeNoiommu) && missingRealGroup(missing)
  return isInUse ? all.map(withoutName) : all
}

/** By group: functions whose link names it although its folder does not list them. */
function missingMembers(
  groups: readonly RawGroup[],
  functions: readonly RawFunction[],
): ReadonlyMap<number, readonly RawFunction[]> {
  const listed = new Map(groups.map(({ id, devices }) => [id, new Set(devices)]))
  const missing = new Map<number, RawFunction[]>()
  for (const each of functions) {
    const { iommuGroup, address } = each
    if (!iommuGroup.known || iommuGroup.value === null) continue
    if (listed.get(iommuGroup.value)?.has(address) === true) continue
    const members = missing.get(iommuGroup.value) ?? []
    members.push(each)
    missing.set(iommuGroup.value, members)
  }
  return missing
}

function withMembers(
  group: RawGroup | null,
  id: number,
  members: readonly RawFunction[],
  listed: Observed<true>,
): RawGroup {
  const addresses = members.map(({ address }) => address)
  const path = `${GROUPS}/${id}/devices`
  const gap: Gap = listed.known
    ? { path, why: 'truncated', detail: `does not list ${addresses[0]}` }
    : listed.gap
  const stated = group ?? { id, type: unknown(gap), name: unknown(gap), devices: [], others: [] }
  const devices: PciAddress[] = [...stated.devices, ...addresses]
  return { ...stated, devices: devices.sort(comparePciAddress), unlisted: gap }
}

/**
 * Unsafe no-IOMMU mode makes a group for one function, and only while a vfio driver has it: a group of several, or with a
 * member that is on no driver whose name says vfio, is an IOMMU's. One such group shows that an IOMMU is in use.
 */
function missingRealGroup(missing: ReadonlyMap<number, readonly RawFunction[]>): boolean {
  return [...missing.values()].some(
    (members) =>
      members.length > 1 ||
      members.some(
        ({ driver }) => driver.known && (driver.value === null || !driver.value.includes('vfio')),
      ),
  )
}

/** Where an IOMMU is in use and nothing says that unsafe no-IOMMU mode is on too, an unread name is no other group's than its. */
function withoutName(group: RawGroup): RawGroup {
  return group.name.known ? group : { ...group, name: known(null) }
}
