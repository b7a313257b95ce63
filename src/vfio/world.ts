import { type Gap, known, type Observed, unknown } from '../host/gap.js'
import { deviceOf, functionOf, type PciAddress } from '../host/pci-address.js'
import { groupingRule } from '../iommu/grouping-rule.js'
import type { PciDevice } from '../pci/device.js'
import type { PciBus, Topology } from '../pci/topology.js'
import { isSame, remembered } from '../text/lists.js'
import type { KernelProfile } from './kernel-profile.js'

/**
 * One way the unread facts about a function's reset could be. A verdict is firm only when it is the same in every
 * world that what was read allows.
 */
export interface World {
  /** pciehp owns the slot of the bus's bridge. */
  readonly pciehp: boolean
  /** That slot covers the whole bus (7.1+), not only device number 0. */
  readonly wideSlot: boolean
  /** The bus has slots of s390, which can be reset (`zpci_init_slot`). */
  readonly zpciSlot: boolean
  /** Each of those has one function. */
  readonly functionSlot: boolean
  /** Each VF has a dev_set of its own. */
  readonly vfSplit: boolean
  /** A reset-forbidding flag that hangs on an unread ID is set. */
  readonly hiddenFlag: boolean
  /** Functions whose `physfn` link was not read are VFs. */
  readonly hiddenVirtfn: boolean
  /** A slot of the bus came or went between the binding of functions that no file tells apart. */
  readonly slotMoved: boolean
  /** What is above the bus was not seen, and offers no reset: a root bus, or a bridge that the kernel never resets. */
  readonly noReset: boolean
}

export interface Worlds {
  readonly worlds: readonly [World, ...World[]]
  /** What would settle which world it is; empty when there is only one. */
  readonly gaps: readonly Gap[]
}

/** Facts about the functions of a bus and below it that were not read and decide what they are. */
export interface HiddenFacts {
  readonly flag: Gap | null
  readonly virtfn: Gap | null
}

/** The worlds in which a bus can be. Facts that change nothing on this bus are not split over. */
export function worldsOf(
  bus: Pick<PciBus, 'id' | 'bridge' | 'kind' | 'devices'>,
  topology: Topology,
  kernel: KernelProfile,
  hidden: HiddenFacts,
): Worlds {
  const gaps: Gap[] = []
  let worlds: readonly [World, ...World[]] = [ORDINARY]
  const split = (name: keyof World, isRelevant: (world: World) => boolean, fact: Fact): void => {
    if (!worlds.some(isRelevant)) return
    if (!fact.known) gaps.push(fact.gap)
    const values = fact.known ? [fact.value] : [false, true]
    const [first, ...rest] = worlds.flatMap((world) =>
      isRelevant(world) ? values.map((value) => ({ ...world, [name]: value })) : [world],
    )
    if (first !== undefined) worlds = [first, ...rest]
  }
  const beyondZero = bus.devices.some(({ address }) => deviceOf(address) > 0)
  const beyondFirst = bus.devices.some(({ address }) => functionOf(address) > 0)
  const hasVirtfn = bus.devices.some(({ isVirtfn }) => isVirtfn)
  split('noReset', () => bus.kind === 'unseen', either(unseenBridge(bus)))
  split('pciehp', () => bus.bridge !== null, ownedByPciehp(bus.bridge, topology))
  split('wideSlot', ({ pciehp }) => pciehp && beyondZero, kernel.wideSlots)
  split('slotMoved', ({ pciehp }) => kernel.devSets && pciehp, movedBefore(bus, topology))
  split('slotMoved', ({ pciehp }) => kernel.devSets && !pciehp, movedSince(bus, topology))
  split('zpciSlot', () => bus.kind === 'root', zpciSlots(topology, kernel))
  split('functionSlot', ({ zpciSlot }) => zpciSlot && beyondFirst, kernel.functionSlots)
  split('hiddenVirtfn', () => hidden.virtfn !== null, either(hidden.virtfn))
  split('vfSplit', ({ hiddenVirtfn }) => hasVirtfn || hiddenVirtfn, kernel.vfSplit)
  split('hiddenFlag', () => hidden.flag !== null, either(hidden.flag))
  const [first, ...others] = worlds
  return { worlds: [one(first), ...others.map(one)], gaps }
}

/** The one object for a world: buses share what is found in it. All are made from the same, so their fields have one order. */
function one(world: World): World {
  const key = Object.values(world).map(Number).join('')
  return remembered(WORLDS, key, () => world)
}

/** At most 512. */
const WORLDS = new Map<string, World>()

/** What is the same in every one of the cases that what was read allows; where they differ, what would settle it. */
export function inEveryWorld<Case, T>(
  [first, ...others]: readonly [Case, ...Case[]],
  [gap]: readonly Gap[],
  pick: (one: Case) => T,
): Observed<T> {
  const value = pick(first)
  const isOpen = gap !== undefined && others.some((each) => !isSame(pick(each), value))
  return isOpen ? unknown(gap) : known(value)
}

/** Whether a function is a VF in a world. */
export function isVirtfnIn(world: World, { isVirtfn, raw }: PciDevice): boolean {
  return isVirtfn || (world.hiddenVirtfn && !raw.physfn.known)
}

const ORDINARY: World = {
  pciehp: false,
  wideSlot: false,
  slotMoved: false,
  zpciSlot: false,
  functionSlot: false,
  vfSplit: false,
  hiddenFlag: false,
  hiddenVirtfn: false,
  noReset: false,
}

type Fact =
  | { readonly known: true; readonly value: boolean }
  | { readonly known: false; readonly gap: Gap }

/** An unread fact: either value. */
function either(gap: Gap | null): Fact {
  return gap === null ? { known: true, value: false } : { known: false, gap }
}

function unseenBridge({ id, kind }: Pick<PciBus, 'id' | 'kind'>): Gap | null {
  if (kind !== 'unseen') return null
  const path = `sys/class/pci_bus/${id}`
  return { path, why: 'not-captured', detail: `the bridge above bus ${id} is not in the dump` }
}

/**
 * A port without a hot-plug capable slot is never pciehp's, whatever else was not captured (PCIe 7.5.3.9, bit 6); nor
 * is one whose bus no slot names, since pciehp registers one for each port that it owns.
 */
function ownedByPciehp(bridge: PciAddress | null, topology: Topology): Fact {
  if (bridge === null) return { known: true, value: false }
  const { pciehpPorts, slots } = topology.raw
  if (pciehpPorts.known) return { known: true, value: pciehpPorts.value.has(bridge) }
  const port = topology.byAddress.get(bridge)
  if (port?.hotplugCapable.known === true && !port.hotplugCapable.value) {
    return { known: true, value: false }
  }
  const below = port?.secondaryBus
  if (!slots.known || below?.known !== true || hasUnreadSlot(topology)) return pciehpPorts
  const own = slots.value.filter(({ bus }) => bus === below.value)
  if (own.length === 0) return { known: true, value: false }
  return own.some(({ module }) => module === 'pciehp') ? { known: true, value: true } : pciehpPorts
}

/** Functions that are older in vfio than the slot are not in it: whether they were in another one before, each for itself, is open. */
function movedBefore(bus: Pick<PciBus, 'id' | 'bridge' | 'devices'>, topology: Topology): Fact {
  const early = bus.devices.filter((device) => isBoundBeforeSlot(device, topology))
  return early.length < 2 ? NOT_MOVED : mayHaveMoved(bus, early)
}

/** A port that could have a slot and has none may have had one when a function was bound that is bound still. */
function movedSince(bus: Pick<PciBus, 'id' | 'bridge' | 'devices'>, topology: Topology): Fact {
  const { boundAt, hotplugPorts, pciehpPorts } = topology.raw
  const { bridge, devices } = bus
  const isWithout = bridge !== null && hotplugPorts.has(bridge) && pciehpPorts.known
  const early = devices.filter(({ address }) => boundAt.has(address))
  return isWithout && early.length > 0 && devices.length > 1 ? mayHaveMoved(bus, early) : NOT_MOVED
}

const NOT_MOVED: Fact = { known: true, value: false }

function mayHaveMoved(
  { id, bridge }: Pick<PciBus, 'id' | 'bridge'>,
  early: readonly PciDevice[],
): Fact {
  const names = early.map(({ address }) => address)
  const shown = names.length > SHOWN ? `${names.length} functions on bus ${id}` : names.join(', ')
  const detail = `whether the port ${bridge} had another slot when ${shown} ${names.length === 1 ? 'was' : 'were'} bound`
  return { known: false, gap: { path: 'sys/bus/pci/slots', why: 'unshown', detail } }
}

const SHOWN = 4

/** Whether a vfio driver took the function before pciehp took the slot that its bus has now. */
export function isBoundBeforeSlot({ address, bus }: PciDevice, { raw }: Topology): boolean {
  const bound = raw.boundAt.get(address) ?? null
  if (bound === null || !raw.slots.known) return false
  return raw.slots.value.some(
    (slot) => slot.bus === bus && slot.takenAt !== null && slot.takenAt > bound,
  )
}

/** Every function of s390 registers a slot. */
function zpciSlots({ raw }: Topology, kernel: KernelProfile): Fact {
  const rule = groupingRule(raw)
  if (!rule.known || rule.value !== 'per-function') return { known: true, value: false }
  if (!kernel.zpciReset.known || !kernel.zpciReset.value) return kernel.zpciReset
  return raw.slots.known ? { known: true, value: true } : raw.slots
}

function hasUnreadSlot({ raw: { gaps } }: Topology): boolean {
  return gaps.some(({ path }) => path.startsWith('sys/bus/pci/slots/'))
}
