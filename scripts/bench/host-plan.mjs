import { createRandom } from './random.mjs'

/** Bus numbers that a domain hands out before the next domain begins; the rest is room for the last block. */
const BUSES_A_DOMAIN = 200
const ROOT_PORTS_A_DEVICE = 8

/**
 * A host on paper: functions in the order in which they are added, with addresses, folders, buses and groups as the kernel
 * would give them. Blocks (`blocks.mjs`) add to it, `write-host.mjs` puts it on disk.
 */
export function createPlan({ seed }) {
  const functions = []
  let groups = 0
  let domains = 0
  let domain

  function openDomain() {
    const name = hex(domains, 4)
    domains += 1
    const folder = `sys/devices/pci${name}:00`
    domain = { name, nextBus: 1, nextRootPort: 0, root: { domain: name, number: 0, folder } }
    return domain
  }

  /** A domain with room for one more block below its root bus. */
  function currentDomain() {
    return domain !== undefined && domain.nextBus < BUSES_A_DOMAIN ? domain : undefined
  }

  function newGroup() {
    groups += 1
    return groups - 1
  }

  function add(bus, model, { device = 0, fn = 0, ...options } = {}) {
    const address = `${bus.domain}:${hex(bus.number, 2)}:${hex(device, 2)}.${fn}`
    const added = {
      ...{
        address,
        model,
        bus,
        multifunction: fn > 0,
        pf: null,
        vfs: [],
        buses: null,
        hotplug: false,
      },
      ...{ driver: model.driver, hasVirtualBus: false },
      ...options,
      folder: `${bus.folder}/${address}`,
      group: options.group ?? newGroup(),
    }
    functions.push(added)
    return added
  }

  /** Adds a bridge and whatever `fill` puts on the bus below it. */
  function addBridge(bus, model, options, fill) {
    const secondary = domain.nextBus
    domain.nextBus += 1
    const bridge = add(bus, model, options)
    const below = { domain: bus.domain, number: secondary, folder: bridge.folder }
    fill(below, bridge)
    bridge.buses = { primary: bus.number, secondary, subordinate: domain.nextBus - 1 }
    return bridge
  }

  /** Adds a root port at the next free place of the domain's root bus. */
  function addRootPort(model, fill, options = {}) {
    const place = domain.nextRootPort
    domain.nextRootPort += 1
    const device = 1 + Math.floor(place / ROOT_PORTS_A_DEVICE)
    return addBridge(
      domain.root,
      model,
      { device, fn: place % ROOT_PORTS_A_DEVICE, multifunction: true, ...options },
      fill,
    )
  }

  /** The number of a bus that no bridge leads to: VFs beyond their PF's bus have one. */
  function takeVirtualBus(bus) {
    const number = domain.nextBus
    domain.nextBus += 1
    return { ...bus, number }
  }

  return {
    functions,
    random: createRandom(seed),
    openDomain,
    currentDomain,
    newGroup,
    add,
    addBridge,
    addRootPort,
    takeVirtualBus,
  }
}

export function hex(value, digits) {
  return value.toString(16).padStart(digits, '0')
}
