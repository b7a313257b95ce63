import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import type { DmaGroup } from './dma-groups.js'

/** dma(x) for each x of `affected`: everything that nobody else may own once the claimer has it all (`vfio.md` 5.3). */
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

function groupNumber({ raw: { iommuGroup } }: PciDevice): number | null {
  return iommuGroup.known ? iommuGroup.value : null
}

function membersOf(host: Grouped, id: number | null): readonly PciDevice[] {
  const addresses = id === null ? undefined : host.groups.get(id)?.devices
  return (addresses ?? []).flatMap((address) => host.topology.byAddress.get(address) ?? [])
}
