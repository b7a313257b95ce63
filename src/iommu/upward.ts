import { bridgeAbove } from '../pci/bridges-above.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'

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
    const next = bridgeAbove(bridge, topology)
    return next === null ? top : (memory.get(next) ?? top)
  }
  return (bridge) => {
    const path: PciDevice[] = []
    let next = bridge
    while (next !== null && !memory.has(next)) {
      // A place held: it ends the climb where a hostile tree makes a bridge its own ancestor.
      memory.set(next, top)
      path.push(next)
      next = bridgeAbove(next, topology)
    }
    for (const each of path.reverse()) memory.set(each, answer(each, above(each)))
    return bridge === null ? top : (memory.get(bridge) ?? top)
  }
}
