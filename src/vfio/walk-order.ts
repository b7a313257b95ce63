import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'

/**
 * The order in which the kernel walks the functions that a reset of `target` affects (`pci_walk_bus`): each bridge
 * directly followed by what is behind it. It decides which of two errors comes first before 5.15, and what fits into a
 * short buffer of INFO.
 */
export function walkOrder(
  topology: Topology,
  target: PciDevice,
  affected: readonly PciDevice[],
): readonly PciDevice[] {
  const left = new Set(affected)
  const walked: PciDevice[] = []
  const visit = (device: PciDevice): void => {
    if (!left.delete(device)) return
    walked.push(device)
    for (const child of topology.children.get(device.address) ?? []) visit(child)
  }
  for (const device of topology.byBus.get(target.bus)?.devices ?? []) visit(device)
  return [...walked, ...left]
}
