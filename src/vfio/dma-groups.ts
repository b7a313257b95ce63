import { type Gap, known, mapObserved, type Observed, unknown } from '../host/gap.js'
import { comparePciAddress, type PciAddress } from '../host/pci-address.js'
import type { RawGroup, RawHost } from '../host/raw-host.js'
import { groupNumber, NOIOMMU_GROUP_NAME } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'

/** An IOMMU group with every member that is known of. */
export interface DmaGroup extends RawGroup {
  /** Why the group may have members that nobody listed; null: its own folder was read. */
  readonly unlisted: Gap | null
}

/**
 * The groups of a host, by number. A function's own `iommu_group` link counts even where the group's folder was not
 * captured or could not be listed; what else the group holds is unknown then.
 */
export function dmaGroups(raw: RawHost): ReadonlyMap<number, DmaGroup> {
  const groups = new Map<number, DmaGroup>()
  for (const { id, type, name, devices, others } of raw.groups) {
    groups.set(id, { id, type, name, devices, others, unlisted: null })
  }
  const missing = new Map<number, PciAddress[]>()
  for (const { address, iommuGroup } of raw.functions) {
    if (!iommuGroup.known || iommuGroup.value === null) continue
    if (groups.get(iommuGroup.value)?.devices.includes(address) === true) continue
    const members = missing.get(iommuGroup.value) ?? []
    missing.set(iommuGroup.value, [...members, address])
  }
  for (const [id, addresses] of missing)
    groups.set(id, withMembers(raw, id, groups.get(id), addresses))
  return groups
}

function withMembers(
  raw: RawHost,
  id: number,
  listed: DmaGroup | undefined,
  addresses: readonly PciAddress[],
): DmaGroup {
  const path = `sys/kernel/iommu_groups/${id}/devices`
  const gap: Gap = raw.groupsListed.known
    ? { path, why: 'truncated', detail: `does not list ${addresses[0]}` }
    : raw.groupsListed.gap
  const stated = listed ?? { id, type: unknown(gap), name: unknown(gap), devices: [], others: [] }
  const devices = [...stated.devices, ...addresses].sort(comparePciAddress)
  return { ...stated, devices, unlisted: gap }
}

/**
 * Whether unsafe no-IOMMU mode made a group (`vfio_noiommu_group_alloc` names it). An unread name leaves that open,
 * unless the mode is off.
 */
export function isFakeGroup(
  group: DmaGroup | undefined,
  noiommu: Observed<boolean>,
): Observed<boolean> {
  if (group === undefined || (noiommu.known && !noiommu.value && !group.name.known)) {
    return known(false)
  }
  return mapObserved(group.name, (name) => name === NOIOMMU_GROUP_NAME)
}

/**
 * dma(x) for each x of `affected`: everything that nobody else may own once the claimer has it all
 * (`docs/reference/policies.md#closure`).
 */
export function claimCost(host: Grouped, affected: readonly PciDevice[]): readonly PciDevice[] {
  const cost = new Set(affected)
  const groups = new Set(affected.map(groupNumber))
  for (const id of groups) {
    for (const device of membersOf(host, id)) cost.add(device)
  }
  return [...cost].sort((a, b) => host.topology.rank(a) - host.topology.rank(b))
}

/** What coupling asks of a host. */
interface Grouped {
  readonly topology: Topology
  readonly groups: ReadonlyMap<number, DmaGroup>
}

/** dma(D): the functions that share D's IOMMU group, D included. */
export function dmaPeers(host: Grouped, device: PciDevice): readonly PciDevice[] {
  const members = membersOf(host, groupNumber(device))
  return members.length === 0 ? [device] : members
}

function membersOf(host: Grouped, id: number | null): readonly PciDevice[] {
  const addresses = id === null ? undefined : host.groups.get(id)?.devices
  return (addresses ?? []).flatMap((address) => host.topology.byAddress.get(address) ?? [])
}
