import { MODELS } from './models.mjs'

// What stands below one root port of a server. Each block has a size: how many functions it adds.

/** An SSD in a slot of its own. */
export const ssd = {
  size: 2,
  add: (plan) =>
    plan.addRootPort(MODELS.rootPort, (bus) => plan.add(bus, MODELS.nvme, ownDriver(plan))),
}

/** A graphics card with its audio function: one slot, no ACS, one group. */
export const graphics = {
  size: 3,
  add: (plan) =>
    plan.addRootPort(MODELS.rootPort, (bus) => {
      const group = plan.newGroup()
      plan.add(bus, MODELS.gpu, { group, multifunction: true })
      const driver = plan.random() < 0.7 ? 'vfio-pci' : MODELS.gpuAudio.driver
      plan.add(bus, MODELS.gpuAudio, { group, fn: 1, driver })
    }),
}

/** A switch with four hotplug slots, an SSD in each. */
export const switchOfFour = {
  size: 10,
  add: (plan) =>
    plan.addRootPort(MODELS.rootPort, (bus) =>
      plan.addBridge(bus, MODELS.switchUp, {}, (inner) => {
        for (const device of [0, 1, 2, 3]) {
          plan.addBridge(inner, MODELS.switchDown, { device, hotplug: true }, (slot) =>
            plan.add(slot, MODELS.nvme, ownDriver(plan)),
          )
        }
      }),
    ),
}

/** A network card with `ports` PFs of `vfs` VFs each, all on the card's own bus (ARI). */
export function networkCard(ports, vfs) {
  return {
    size: 1 + ports * (1 + vfs),
    add: (plan) =>
      plan.addRootPort(MODELS.rootPort, (bus) => {
        const pfs = Array.from({ length: ports }, (_, fn) =>
          plan.add(bus, MODELS.nic, { fn, multifunction: ports > 1 }),
        )
        for (const [port, pf] of pfs.entries())
          addVfs(plan, { pf, bus, first: ports + port * vfs, count: vfs })
      }),
  }
}

/** A network card whose VFs stand on a bus of their own, which no bridge leads to. */
export function networkCardBeyond(vfs) {
  return {
    size: 2 + vfs,
    add: (plan) =>
      plan.addRootPort(MODELS.rootPort, (bus, port) => {
        port.hasVirtualBus = vfs > 0
        const pf = plan.add(bus, MODELS.nic)
        if (vfs > 0) addVfs(plan, { pf, bus: plan.takeVirtualBus(bus), first: 0, count: vfs })
      }),
  }
}

/** Old cards behind a bridge from PCIe to PCI: one group for all of them. */
export const conventionalCards = {
  size: 5,
  add: (plan) =>
    plan.addRootPort(MODELS.rootPort, (bus) => {
      const group = plan.newGroup()
      plan.addBridge(bus, MODELS.pcieToPci, { group }, (inner) => {
        for (const device of [0, 1, 2]) plan.add(inner, MODELS.conventional, { device, group })
      })
    }),
}

/** What every root bus has, and on the first one the chipset. */
export function openDomain(plan, room) {
  const { root, name } = plan.openDomain()
  plan.add(root, MODELS.hostBridge)
  if (name !== '0000' || room < 4) return
  const group = plan.newGroup()
  plan.add(root, MODELS.isaBridge, { device: 0x1f, group, multifunction: true })
  plan.add(root, MODELS.sata, { device: 0x1f, fn: 2, group })
  plan.add(root, MODELS.smbus, { device: 0x1f, fn: 4, group })
}

/** A device of the root complex, to make up the last one. */
export const rootEndpoint = {
  size: 1,
  add: (plan) => plan.add(plan.currentDomain().root, MODELS.rcEndpoint, { device: 0x1e }),
}

function addVfs(plan, { pf, bus, first, count }) {
  for (let index = 0; index < count; index += 1) {
    const number = first + index
    const driver = plan.random() < 0.6 ? 'vfio-pci' : MODELS.nicVf.driver
    const place = { device: number >> 3, fn: number & 7, multifunction: false }
    pf.vfs.push(plan.add(bus, MODELS.nicVf, { ...place, driver, pf }))
  }
}

/** A third of the SSDs are given to guests. */
function ownDriver(plan) {
  return plan.random() < 0.33 ? { driver: 'vfio-pci' } : {}
}
