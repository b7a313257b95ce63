import type { PciDevice } from './device.js'
import type { Topology } from './topology.js'

/** Bridge of the bus that the function is on, a virtual bus skipped as the kernel does; null on a root bus. */
export function bridgeAbove({ parent }: PciDevice, { byAddress }: Topology): PciDevice | null {
  return parent === null ? null : (byAddress.get(parent) ?? null)
}

/**
 * Bridges from the function's own bus up to the root bus, nearest first (`pci_upstream_bridge` repeated); ends also where a
 * hostile tree loops.
 */
export function bridgesAbove(device: PciDevice, topology: Topology): readonly PciDevice[] {
  const path = new Set<PciDevice>()
  let bridge = bridgeAbove(device, topology)
  while (bridge !== null && !path.has(bridge)) {
    path.add(bridge)
    bridge = bridgeAbove(bridge, topology)
  }
  return [...path]
}
