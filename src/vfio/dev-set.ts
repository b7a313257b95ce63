import { type Gap, isYes, type Observed } from '../host/gap.js'
import type { BusId } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { remembered } from '../text/lists.js'
import type { KernelProfile } from './kernel-profile.js'
import type { ResetScopes } from './reset-scope.js'
import { isBoundBeforeSlot, isVirtfnIn, type World } from './world.js'

/** What VFIO keys the dev_set of a function with (`vfio_pci_core_register_device`, 5.15 and later). */
export interface DevSetKey {
  /** `self`: the function alone. `slot`: its hot-plug slot. `bus`: its bus. */
  readonly kind: 'self' | 'slot' | 'bus'
  /** The function's address, the name of the slot under `/sys/bus/pci/slots`, or the bus such as `0000:65`. */
  readonly of: string
}

export interface DevSet {
  readonly key: DevSetKey
  /** Functions that are members for certain, in address order. */
  readonly members: readonly PciDevice[]
  /** Functions that have the key, but whose driver was not read. */
  readonly uncertain: readonly { readonly device: PciDevice; readonly gap: Gap }[]
}

export interface DevSets {
  readonly keyOf: (device: PciDevice, world: World) => DevSetKey
  /** The set as it would be with `target` bound to a vfio driver and all else as it is. */
  readonly setOf: (target: PciDevice, world: World) => DevSet
}

/** dev_sets of a host. Membership follows from bus, slot and driver alone, so a set never leaves its bus. */
export function devSets(
  topology: Topology,
  kernel: KernelProfile,
  scopes: ResetScopes,
  isVfioBound: (device: PciDevice) => Observed<boolean>,
): DevSets {
  const slotNames = pciehpSlotNames(topology)
  const found = new Map<World, FoundInWorld>()

  const foundIn = (world: World): FoundInWorld =>
    remembered(found, world, () => ({ keys: new Map(), shared: new Map(), sets: new Map() }))

  const keyOf = (device: PciDevice, world: World): DevSetKey => {
    const { keys, shared } = foundIn(world)
    return remembered(keys, device, () => {
      const made = makeKey(device, world)
      if (made.kind === 'self') return made
      return remembered(shared, `${made.kind} ${device.bus} ${made.of}`, () => made)
    })
  }

  const makeKey = (device: PciDevice, world: World): DevSetKey => {
    if (device.onRootBus) return self(device)
    if (world.vfSplit && kernel.devSets && isVirtfnIn(world, device)) return self(device)
    if (world.slotMoved && topology.raw.boundAt.has(device.address) && isEarly(device, world)) {
      return { kind: 'slot', of: `that ${device.address} was in` }
    }
    if (scopes.resetsBySlot(device, world) && !isBoundBeforeSlot(device, topology)) {
      return { kind: 'slot', of: slotNames.get(device.bus) ?? device.bus }
    }
    return { kind: 'bus', of: device.bus }
  }

  /** Bound when the bus had another slot, or none. Without a slot it counts for every function. */
  const isEarly = (device: PciDevice, world: World): boolean =>
    !world.pciehp || (scopes.resetsBySlot(device, world) && isBoundBeforeSlot(device, topology))

  const sameKey = (target: PciDevice, key: DevSetKey, world: World): readonly PciDevice[] => {
    if (!kernel.devSets) return scopes.answer(target, world).scope?.affected ?? [target]
    if (key.kind === 'self') return [target]
    const bus = topology.byBus.get(target.bus)?.devices ?? [target]
    return bus.filter((device) => isSameKey(keyOf(device, world), key))
  }

  const makeSet = (devices: readonly PciDevice[], key: DevSetKey, target?: PciDevice): DevSet => {
    const members: PciDevice[] = []
    const uncertain: { device: PciDevice; gap: Gap }[] = []
    for (const device of devices) {
      const bound = isVfioBound(device)
      if (device === target || isYes(bound)) members.push(device)
      else if (!bound.known) uncertain.push({ device, gap: bound.gap })
    }
    return { key, members, uncertain }
  }

  /** What is bound of a key is the same for all that have the key, so it is looked for once. */
  const setOf = (target: PciDevice, world: World): DevSet => {
    const key = keyOf(target, world)
    if (!kernel.devSets || key.kind === 'self') {
      return makeSet(sameKey(target, key, world), key, target)
    }
    const bound = remembered(foundIn(world).sets, key, () =>
      makeSet(sameKey(target, key, world), key),
    )
    return isYes(isVfioBound(target)) ? bound : withTarget(bound, target, topology)
  }

  return { keyOf, setOf }
}

/** The set as it would be with one more function bound. */
function withTarget(
  { key, members, uncertain }: DevSet,
  target: PciDevice,
  { rank }: Topology,
): DevSet {
  const own = rank(target)
  const place = members.findIndex((each) => rank(each) > own)
  const before = place < 0 ? members : members.slice(0, place)
  return {
    key,
    members: members.length === 0 ? [target] : [...before, target, ...members.slice(before.length)],
    uncertain:
      uncertain.length === 0 ? uncertain : uncertain.filter((each) => each.device !== target),
  }
}

/** What was found in one world. Functions of one set get the same key and, once bound, the same set. */
interface FoundInWorld {
  readonly keys: Map<PciDevice, DevSetKey>
  readonly shared: Map<string, DevSetKey>
  readonly sets: Map<DevSetKey, DevSet>
}

/** Whether two keys are one object in the kernel. Keys of different buses never are, and setOf asks within one bus. */
export function isSameKey(a: DevSetKey, b: DevSetKey): boolean {
  if (a === b) return true
  return a.kind === b.kind && a.of === b.of
}

function self(device: PciDevice): DevSetKey {
  return { kind: 'self', of: device.address }
}

/**
 * Names under `slots/` of pciehp's slots, by bus: they print device 00 whatever they cover. Empty where slots were not
 * captured; the bus stands in then.
 */
function pciehpSlotNames({ slots }: Topology): ReadonlyMap<BusId, string> {
  const names = new Map<BusId, string>()
  for (const { bus, device, name } of slots.known ? slots.value : []) {
    if (device === 0 && !names.has(bus)) names.set(bus, name)
  }
  return names
}
