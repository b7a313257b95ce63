import { bridgeAbove } from '../pci/bridges-above.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'

/**
 * Functions in the order in which the kernel registers them, and so gives them groups: for each root bus all its
 * functions by devfn, then the bus below each bridge in turn, recursively; VFs when they are enabled; domains behind a
 * VMD when its driver loads (`docs/reference/groups.md#order`). Bridges precede what is below them.
 */
export function registrationOrder(topology: Topology): readonly PciDevice[] {
  const stages: [PciDevice[], PciDevice[], PciDevice[], PciDevice[]] = [[], [], [], []]
  for (const device of withoutVirtfns(topology)) {
    stages[device.dmaDevice === null ? 0 : 2].push(device)
  }
  for (const device of topology.devices) {
    if (device.isVirtfn) stages[device.dmaDevice === null ? 1 : 3].push(device)
  }
  return stages.flat()
}

/** Depth first by bus. What a hostile tree makes unreachable from any root comes last. */
function withoutVirtfns(topology: Topology): ReadonlySet<PciDevice> {
  const done = new Set<PciDevice>()
  const roots = topology.devices.filter(
    (device) => !device.isVirtfn && bridgeAbove(device, topology) === null,
  )
  for (const bus of runsOfBus(roots)) visitBus(topology, bus, done)
  for (const device of topology.devices) if (!device.isVirtfn) done.add(device)
  return done
}

/** Splits functions in address order into the runs that share a bus. */
function runsOfBus(devices: readonly PciDevice[]): PciDevice[][] {
  const runs: PciDevice[][] = []
  for (const device of devices) {
    const last = runs.at(-1)
    if (last?.[0]?.bus === device.bus) last.push(device)
    else runs.push([device])
  }
  return runs
}

function visitBus(topology: Topology, first: readonly PciDevice[], done: Set<PciDevice>): void {
  const waiting: (readonly PciDevice[])[] = [first]
  for (let bus = waiting.pop(); bus !== undefined; bus = waiting.pop()) {
    const found = bus.filter((device) => !device.isVirtfn && !done.has(device))
    for (const device of found) done.add(device)
    for (const device of [...found].reverse()) {
      const below = topology.children.get(device.address)
      if (below !== undefined) waiting.push(below)
    }
  }
}
