import { known, mapObserved, type Observed } from '../host/gap.js'
import type { RawGroup, RawHost } from '../host/raw-host.js'
import { groupMembers, groupNumber, NOIOMMU_GROUP_NAME } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'

/** The groups of a host, by number. */
export function dmaGroups({ groups }: RawHost): ReadonlyMap<number, RawGroup> {
  return new Map(groups.map((group) => [group.id, group]))
}

/**
 * Whether unsafe no-IOMMU mode made a group (`vfio_noiommu_group_alloc` names it). An unread name leaves that open,
 * unless the mode is off.
 */
export function isFakeGroup(
  group: RawGroup | undefined,
  noiommu: Observed<boolean>,
): Observed<boolean> {
  if (group === undefined || (noiommu.known && !noiommu.value && !group.name.known)) {
    return known(false)
  }
  return mapObserved(group.name, (name) => name === NOIOMMU_GROUP_NAME)
}

/**
 * The functions of `affected` and all that share a group with one: everything that nobody else may own once the claimer has
 * them (`docs/reference/policies.md#closure`).
 */
export function claimCost(host: Grouped, affected: readonly PciDevice[]): readonly PciDevice[] {
  const cost = new Set(affected)
  const groups = new Set(affected.map(groupNumber))
  for (const id of groups) {
    for (const device of membersOf(host, id)) cost.add(device)
  }
  return [...cost].sort((a, b) => host.topology.rank(a) - host.topology.rank(b))
}

/** What is asked of a host here. */
interface Grouped {
  readonly topology: Topology
  readonly groups: ReadonlyMap<number, RawGroup>
}

/** The functions that share the function's IOMMU group, itself included. */
export function dmaPeers(host: Grouped, device: PciDevice): readonly PciDevice[] {
  const members = membersOf(host, groupNumber(device))
  return members.length === 0 ? [device] : members
}

function membersOf(host: Grouped, id: number | null): readonly PciDevice[] {
  return groupMembers(host, id).flatMap((address) => host.topology.byAddress.get(address) ?? [])
}
