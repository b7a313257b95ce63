import type { PciDevice } from './device.js'
import type { Topology } from './topology.js'

/** Bridges from the function's own bus up to the root bus, nearest first (`pci_upstream_bridge` repeated). */
export function bridgesAbove(device: PciDevice, topology: Topology): readonly PciDevice[] {
  const bridges: PciDevice[] = []
  for (let at = above(device, topology); at !== undefined; at = above(at, topology)) {
    if (bridges.includes(at)) break
    bridges.push(at)
  }
  return bridges
}

function above({ parent }: PciDevice, topology: Topology): PciDevice | undefined {
  return parent === null ? undefined : topology.byAddress.get(parent)
}
