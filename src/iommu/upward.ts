import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'

/** Bridge of the bus that the function is on, a virtual bus skipped as the kernel does; null on a root bus. */
export function bridgeAbove({ byAddress }: Topology, device: PciDevice): PciDevice | null {
  return device.parent === null ? null : (byAddress.get(device.parent) ?? null)
}

/** Bridges above a function, nearest first; ends also where a hostile tree loops. */
export function bridgesAbove(topology: Topology, device: PciDevice): PciDevice[] {
  const path = new Set<PciDevice>()
  let bridge = bridgeAbove(topology, device)
  while (bridge !== null && !path.has(bridge)) {
    path.add(bridge)
    bridge = bridgeAbove(topology, bridge)
  }
  return [...path]
}

/**
 * Answers a question about bridges where each answer builds on that of the bridge above, `top` standing above the
 * root bus. Each bridge is asked once, from the top down, however deep the tree is.
 */
export function rememberUpward<T>(
  topology: Topology,
  top: T,
  answer: (bridge: PciDevice, above: T) => T,
): (bridge: PciDevice | null) => T {
  const memory = new Map<PciDevice, T>()
  const above = (bridge: PciDevice): T => {
    const next = bridgeAbove(topology, bridge)
    return next === null ? top : (memory.get(next) ?? top)
  }
  return (bridge) => {
    const path: PciDevice[] = []
    let next = bridge
    while (next !== null && !memory.has(next)) {
      // A place held: it ends the climb where a hostile tree makes a bridge its own ancestor.
      memory.set(next, top)
      path.push(next)
      next = bridgeAbove(topology, next)
    }
    for (const each of path.reverse()) memory.set(each, answer(each, above(each)))
    return bridge === null ? top : (memory.get(bridge) ?? top)
  }
}
