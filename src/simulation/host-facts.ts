import { type Gap, mapObserved } from '../host/gap.js'
import { type PciAddress, parsePciAddress } from '../host/pci-address.js'
import type { VmInterface } from '../host/vm-facts.js'
import type { PciDevice } from '../pci/device.js'
import { refusesInterrupts } from '../vfio/isolated-interrupts.js'
import type { World } from '../vfio/world.js'
import { holds } from './facts.js'
import type { Turn } from './machine.js'
import type { StepReason } from './reason.js'

/*
 * Facts about functions, settled for the run at hand: what was not read is chosen through the turn's `Facts`, so that the
 * calls above read as if everything were known.
 */

/** A function that the scenario names; `checkScenario` has made sure that it is there. */
export function deviceAt({ machine }: Turn, address: PciAddress): PciDevice | undefined {
  return machine.host.topology.byAddress.get(address)
}

/** Whether a vfio driver has the function registered. */
export function isVfioBound(turn: Turn, device: PciDevice): boolean {
  const registered = turn.machine.host.isVfioBound(device)
  return registered.known ? registered.value : chosenDriver(turn, device, registered.gap) === 'vfio'
}

/** What an unread driver link could say: a vfio driver, none, or one that keeps VFIO out. */
export function chosenDriver(
  { facts }: Turn,
  { address }: PciDevice,
  gap: Gap,
): 'vfio' | 'none' | 'native' {
  return facts.choose(`driver of ${address}`, ['vfio', 'none', 'native'], gap)
}

/** The VFIO group of a function. */
export type GroupFact =
  | { readonly kind: 'group'; readonly id: number; readonly fake: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'unread'; readonly gap: Gap }

export function groupFact({ machine, facts }: Turn, device: PciDevice): GroupFact {
  const { iommuGroup } = device.raw
  if (!iommuGroup.known) return { kind: 'unread', gap: iommuGroup.gap }
  const id = iommuGroup.value
  if (id === null) return { kind: 'none' }
  const group = machine.host.groupOf(device)
  const fake = mapObserved(group, (made) => made.kind === 'group' && made.fake)
  return { kind: 'group', id, fake: holds(facts, fake, `group ${id} is fake`) }
}

/** Members of a group that keep it from being opened, with their drivers (`groupViability`). */
export function nativeMembers(turn: Turn, group: number): readonly StepReason[] {
  const { culprits, hidden } = turn.machine.host.viabilityOf(group)
  const found = culprits.map(({ member, address, driver }) => ({ member, address, driver }))
  const suspected = hidden.flatMap(({ member, gap }) => {
    const address = member === null ? undefined : parsePciAddress(member)
    const device = address === undefined ? undefined : deviceAt(turn, address)
    return bars(turn, group, member, device, gap)
      ? [{ member: member ?? `group ${group}`, address: address ?? null, driver: null }]
      : []
  })
  return [...found, ...suspected].map((each) => ({ kind: 'group-not-viable', group, ...each }))
}

function bars(
  turn: Turn,
  group: number,
  member: string | null,
  device: PciDevice | undefined,
  gap: Gap,
): boolean {
  if (device !== undefined && !turn.machine.host.isVfioBound(device).known) {
    return chosenDriver(turn, device, gap) === 'native'
  }
  const key = `${member ?? 'somebody'} keeps group ${group} closed`
  return turn.facts.choose(key, ['no', 'yes'], gap) === 'yes'
}

/** Whether two functions share a DMA group. A fake group holds one function. */
export function isSameGroup(turn: Turn, one: PciDevice, other: PciDevice): boolean {
  const a = groupFact(turn, one)
  const b = groupFact(turn, other)
  const unread = a.kind === 'unread' ? a : b.kind === 'unread' ? b : null
  if (unread !== null) {
    const pair = [one.address, other.address].sort().join(' ')
    return turn.facts.choose(`one group: ${pair}`, ['no', 'yes'], unread.gap) === 'yes'
  }
  return a.kind === 'group' && b.kind === 'group' && a.id === b.id && !a.fake && !b.fake
}

/** Dimensions of a world in the order in which `worldsOf` splits them and states their gaps. */
const DIMENSIONS: readonly (keyof World)[] = [
  'noReset',
  'pciehp',
  'wideSlot',
  'slotMoved',
  'zpciSlot',
  'functionSlot',
  'hiddenVirtfn',
  'vfSplit',
  'hiddenFlag',
]

/** What the kernel decides is the same on every bus. */
const OF_KERNEL: ReadonlySet<keyof World> = new Set(['wideSlot', 'functionSlot', 'vfSplit'])

/** The world that the run is in, as far as the function's bus is concerned. */
export function worldOf({ machine, facts }: Turn, device: PciDevice): World {
  const { worlds, gaps } = machine.host.scopes.worldsOf(device)
  const [first] = worlds
  let left: readonly World[] = worlds
  let next = 0
  for (const dimension of DIMENSIONS) {
    if (worlds.every((world) => world[dimension] === first[dimension])) continue
    const gap = gaps[next]
    next += 1
    if (gap === undefined || left.every((world) => world[dimension] === left[0]?.[dimension]))
      continue
    const key = OF_KERNEL.has(dimension) ? dimension : `${dimension} on ${device.bus}`
    const value = facts.choose(key, ['no', 'yes'], gap) === 'yes'
    left = left.filter((world) => world[dimension] === value)
  }
  return left[0] ?? first
}

/** Why the kernel attaches no real group through this interface: interrupts that are not isolated. */
export function interruptReasons(
  turn: Turn,
  via: VmInterface,
  address: PciAddress,
): readonly StepReason[] {
  const refuses = refusesInterrupts(turn.machine.host.topology.raw, via)
  return holds(turn.facts, refuses, `interrupts keep ${via} closed`)
    ? [{ kind: 'unsafe-interrupts', address }]
    : []
}
