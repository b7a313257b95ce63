import type { Gap } from '../host/gap.js'
import { deviceOf, functionOf, type PciAddress } from '../host/pci-address.js'
import type { RawSlot } from '../host/raw-host.js'
import type { PciDevice } from '../pci/device.js'
import { type FlagHost, noBusReset } from '../pci/flags.js'
import type { PciBus, Topology } from '../pci/topology.js'
import { remembered } from '../text/lists.js'
import type { KernelProfile } from './kernel-profile.js'
import { type HiddenFacts, type World, type Worlds, worldsOf } from './world.js'

/** What a hot reset of a function touches (`vfio_pci_for_each_slot_or_bus`). */
export interface ResetScope {
  readonly kind: 'slot' | 'bus'
  /** The bridge whose secondary bus is reset; it is not reset itself. null: it was not seen, or a slot of s390 has none. */
  readonly via: PciAddress | null
  /** Functions that the kernel walks, in address order. */
  readonly affected: readonly PciDevice[]
  /** Functions that lose their state too although the kernel does not walk them, in address order. */
  readonly unaccounted: readonly PciDevice[]
}

/** Why there is neither a slot nor a bus reset; for `no-bus-reset` the address is that of the flagged function. */
export interface Denial {
  readonly kind: 'root-bus' | 'virtual-bus' | 'no-reset' | 'no-bus-reset'
  readonly address: PciAddress
}

export type ResetAnswer =
  | { readonly scope: ResetScope; readonly denials: readonly [] }
  | { readonly scope: null; readonly denials: readonly Denial[] }

/** Reset scopes of a host under one kernel. Answers are shared objects: members of one bus get the same arrays. */
export interface ResetScopes {
  readonly worldsOf: (device: PciDevice) => Worlds
  readonly answer: (device: PciDevice, world: World) => ResetAnswer
  /** Whether the function is in a slot that can reset (`pci_reset_hotplug_slot`); flags are not asked. */
  readonly isInSlot: (device: PciDevice, world: World) => boolean
  /** Whether the slot-reset probe succeeds for the function (`pci_probe_reset_slot`). */
  readonly resetsBySlot: (device: PciDevice, world: World) => boolean
}

/** Looks scopes up lazily and once a bus: a walk costs as much as the list that it returns. */
export function resetScopes(topology: Topology, kernel: KernelProfile): ResetScopes {
  const found = new Map<PciBus, FoundOfBus>()
  /** Of s390 alone. */
  const zpciSlots = new Map<PciBus, Map<string, Walk>>()
  const inZpciSlots = new Map<Walk, ResetAnswer>()

  const foundOf = (bus: PciBus): FoundOfBus =>
    remembered(found, bus, () => ({
      worlds: null,
      walks: new Map(),
      answers: new Map(),
    }))

  const walkOf = (bus: PciBus, extent: WalkExtent): Walk => {
    const key = (extent.slot === 'whole' ? 2 : 0) + (extent.hiddenVirtfn ? 1 : 0)
    return remembered(foundOf(bus).walks, key, () => walkBus(bus, extent, { topology, kernel }))
  }

  const slotOf = (device: PciDevice, world: World): WalkExtent['slot'] | null => {
    if (!world.pciehp) return null
    if (world.wideSlot) return 'whole'
    return deviceOf(device.address) === 0 ? 'device-zero' : null
  }

  const answerWithoutBridge = (device: PciDevice, bus: PciBus, world: World): ResetAnswer => {
    const inSlot = zpciSlotOf(device, bus, world)
    if (inSlot !== null && isClear(inSlot, world)) {
      return remembered(inZpciSlots, inSlot, () => possible('slot', null, inSlot, topology))
    }
    if (bus.kind !== 'unseen')
      return denied(bus.kind === 'root' ? 'root-bus' : 'virtual-bus', device)
    if (world.noReset) return denied('no-reset', device)
    const { hiddenVirtfn } = world
    return possible('bus', null, walkOf(bus, { slot: 'whole', hiddenVirtfn }), topology)
  }

  /** Functions of the slot of s390 that the function is in; null: it is in none. */
  const zpciSlotOf = (device: PciDevice, bus: PciBus, world: World): Walk | null => {
    const { slots } = topology.raw
    if (!world.zpciSlot) return null
    const numberOf = ({ address }: PciDevice) =>
      world.functionSlot ? devfnOf(address) : deviceOf(address)
    const number = numberOf(device)
    const isIn = (slot: RawSlot) => slot.bus === bus.id && slot.device === number
    if (slots.known && !slots.value.some(isIn)) return null
    const key = `${number} ${world.functionSlot}`
    const ofBus = remembered(zpciSlots, bus, () => new Map<string, Walk>())
    return remembered(ofBus, key, () => {
      const devices = bus.devices.filter((each) => numberOf(each) === number)
      return walkOver(devices, devices, { topology, kernel })
    })
  }

  const answerFor = (device: PciDevice, bus: PciBus, world: World): ResetAnswer => {
    const { bridge } = bus
    const { hiddenVirtfn } = world
    if (bridge === null) return answerWithoutBridge(device, bus, world)
    const slot = slotOf(device, world)
    const inSlot = slot === null ? null : walkOf(bus, { slot, hiddenVirtfn })
    if (inSlot !== null && isClear(inSlot, world)) return possible('slot', bridge, inSlot, topology)
    const walk = walkOf(bus, { slot: 'whole', hiddenVirtfn })
    return isClear(walk, world) ? possible('bus', bridge, walk, topology) : flagged(walk)
  }

  return {
    worldsOf: (device) => {
      const bus = topology.byBus.get(device.bus)
      if (bus === undefined) {
        const nowhere = { id: device.bus, bridge: null, kind: 'virtual', devices: [] } as const
        return worldsOf(nowhere, topology, kernel, NOTHING_HIDDEN)
      }
      const same = foundOf(bus)
      if (same.worlds !== null) return same.worlds
      const whole = { slot: 'whole', hiddenVirtfn: false } as const
      const isReset = bus.bridge !== null || bus.kind === 'unseen'
      const hidden = !isReset ? NOTHING_HIDDEN : hiddenFacts(walkOf(bus, whole))
      const made = worldsOf(bus, topology, kernel, hidden)
      same.worlds = made
      return made
    },
    answer: (device, world) => {
      const bus = topology.byBus.get(device.bus)
      if (bus === undefined) return denied('no-reset', device)
      if (bus.bridge === null && bus.kind !== 'unseen') return answerFor(device, bus, world)
      if (isOnVirtualBus(device, world.hiddenVirtfn)) return denied('virtual-bus', device)
      const key = answerKey(slotOf(device, world), world)
      return remembered(foundOf(bus).answers, key, () => answerFor(device, bus, world))
    },
    isInSlot: (device, world) => {
      const bus = topology.byBus.get(device.bus)
      if (bus === undefined) return false
      return bus.bridge === null
        ? zpciSlotOf(device, bus, world) !== null
        : slotOf(device, world) !== null
    },
    resetsBySlot: (device, world) => {
      const bus = topology.byBus.get(device.bus)
      const slot = slotOf(device, world)
      if (bus === undefined || bus.bridge === null || slot === null) return false
      return isClear(walkOf(bus, { slot, hiddenVirtfn: world.hiddenVirtfn }), world)
    },
  }
}

/** What was found of one bus, by numbers that stand for the world and the slot. */
interface FoundOfBus {
  worlds: Worlds | null
  readonly walks: Map<number, Walk>
  readonly answers: Map<number, ResetAnswer>
}

function devfnOf(address: PciAddress): number {
  return (deviceOf(address) << 3) | functionOf(address)
}

/** All that an answer for a function of the bus depends on. */
function answerKey(slot: WalkExtent['slot'] | null, world: World): number {
  const walked = slot === null ? 0 : slot === 'whole' ? 1 : 2
  const facts = (world.noReset ? 4 : 0) + (world.hiddenFlag ? 2 : 0) + (world.hiddenVirtfn ? 1 : 0)
  return walked * 8 + facts
}

/** Functions on a bus or in its slot and everything below, with those that forbid the reset (`pci_bus_resettable`). */
interface Walk {
  readonly devices: readonly PciDevice[]
  /** Bridge or walked functions with the no-bus-reset flag. */
  readonly flagged: readonly PciAddress[]
  /** Functions whose flag is not known: their IDs were not read, or whether the kernel has the row. */
  readonly hidden: readonly { readonly address: PciAddress; readonly gap: Gap }[]
}

/** Which functions a walk starts from, and whether those that may be VFs on a virtual bus are met. */
interface WalkExtent {
  readonly slot: 'whole' | 'device-zero'
  readonly hiddenVirtfn: boolean
}

const NOTHING_HIDDEN: HiddenFacts = { flag: null, virtfn: null }

function walkBus(bus: PciBus, { slot, hiddenVirtfn }: WalkExtent, host: FlagHost): Walk {
  const { topology } = host
  const devices: PciDevice[] = []
  const seen = new Set<PciAddress>()
  const descend = (members: readonly PciDevice[]): void => {
    for (const device of members) {
      if (seen.has(device.address) || isOnVirtualBus(device, hiddenVirtfn)) continue
      seen.add(device.address)
      devices.push(device)
      descend(topology.children.get(device.address) ?? [])
    }
  }
  descend(
    slot === 'whole' ? bus.devices : bus.devices.filter(({ address }) => deviceOf(address) === 0),
  )
  const bridge = bus.bridge === null ? undefined : topology.byAddress.get(bus.bridge)
  return walkOver(devices, bridge === undefined ? devices : [bridge, ...devices], host)
}

/** `checked`: those whose flags are asked. */
function walkOver(
  devices: readonly PciDevice[],
  checked: readonly PciDevice[],
  host: FlagHost,
): Walk {
  const flagged: PciAddress[] = []
  const hidden: { address: PciAddress; gap: Gap }[] = []
  for (const device of checked) {
    const rule = noBusReset(device, host)
    if (!rule.known) hidden.push({ address: device.address, gap: rule.gap })
    else if (rule.value !== null) flagged.push(device.address)
  }
  return { devices: inAddressOrder(devices, host.topology), flagged, hidden }
}

/** The walk descends through bridges only: functions on SR-IOV buses are not met (`pci_walk_bus`). */
function isOnVirtualBus({ onVirtualBus }: PciDevice, hiddenVirtfn: boolean): boolean {
  return onVirtualBus.known ? onVirtualBus.value : hiddenVirtfn
}

function isClear(walk: Walk, world: World): boolean {
  return walk.flagged.length === 0 && !(world.hiddenFlag && walk.hidden.length > 0)
}

function hiddenFacts({ hidden, devices }: Walk): HiddenFacts {
  const virtfn = devices.flatMap(({ raw: { physfn } }) => (physfn.known ? [] : [physfn.gap]))
  return { flag: hidden[0]?.gap ?? null, virtfn: virtfn[0] ?? null }
}

function denied(kind: Denial['kind'], { address }: PciDevice): ResetAnswer {
  return { scope: null, denials: [{ kind, address }] }
}

function flagged({ flagged, hidden }: Walk): ResetAnswer {
  const culprits = flagged.length > 0 ? flagged : hidden.map(({ address }) => address)
  return { scope: null, denials: culprits.map((address) => ({ kind: 'no-bus-reset', address })) }
}

function possible(
  kind: ResetScope['kind'],
  via: PciAddress | null,
  walk: Walk,
  topology: Topology,
): ResetAnswer {
  const walked = new Set(walk.devices)
  const below = via === null ? [] : physicallyBelow(via, topology)
  const unaccounted = below.filter((device) => !walked.has(device))
  return { scope: { kind, via, affected: walk.devices, unaccounted }, denials: [] }
}

/**
 * Everything behind a port: SR-IOV buses and domains behind a VMD endpoint included. A secondary bus reset affects it all.
 */
function physicallyBelow(bridge: PciAddress, topology: Topology): readonly PciDevice[] {
  const found: PciDevice[] = []
  const seen = new Set<PciAddress>()
  const descend = (address: PciAddress): void => {
    const direct = topology.children.get(address) ?? []
    for (const device of [...direct, ...(topology.behindDmaDevice.get(address) ?? [])]) {
      if (seen.has(device.address)) continue
      seen.add(device.address)
      found.push(device)
      descend(device.address)
    }
  }
  descend(bridge)
  return inAddressOrder(found, topology)
}

function inAddressOrder(devices: readonly PciDevice[], topology: Topology): readonly PciDevice[] {
  return [...devices].sort((a, b) => topology.rank(a) - topology.rank(b))
}
