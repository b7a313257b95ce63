import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { GroupNumber, GroupNumbers } from '../host/scalars.js'
import { groupNumber, groupNumbers, isAloneIn } from '../iommu/groups.js'
import { isBridge, type PciDevice } from '../pci/device.js'
import { append } from '../text/lists.js'
import type { ResetAnswer } from './reset-scope.js'
import type { VfioHost } from './vfio-host.js'
import { isVirtfnIn, type World } from './world.js'

/**
 * Functions that cannot be given to different users, since they share an IOMMU group or are reset together. Every normal
 * function is in exactly one unit; bridges are in none.
 */
export interface Unit {
  readonly devices: PciAddresses
  /** What its members share; null: a group of them was not read, or may have members that the copy does not hold. */
  readonly kind: UnitKind | null
  /** Numbers of their groups, sorted. */
  readonly groups: GroupNumbers
  /** What ties them together, enough edges to connect all of them; and what would if it were possible. */
  readonly why: readonly Coupling[]
}

/** What the members of a unit share: only those of one group must go to one user together. */
export type UnitKind =
  /** It is one function. */
  | 'single'
  /** All share one IOMMU group. */
  | 'group'
  /** They are reset together, and no two share a group: they can be split, and none can be hot-reset alone. */
  | 'reset'
  /** Some share a group, and others are reset together with them. */
  | 'mixed'

/** An edge between two functions, or (`absent`) one that would be there if the reset were possible. */
export interface Coupling {
  /** `dma`: one IOMMU group has both. `reset`: a hot reset of `from` resets `to`. */
  readonly kind: 'dma' | 'reset'
  readonly from: PciAddress
  readonly to: PciAddress
  /** Group number of a dma edge; null for a reset edge. */
  readonly group: GroupNumber | null
  /** Why a shared reset does not couple: no hot reset of `from` could ever be permitted. null: it couples. */
  readonly absent: 'bridge-inside' | 'vf-split' | 'no-bus-reset' | null
}

/**
 * Partition of the normal functions. Edges are kept as spanning stars, one for each group and each scope: as many as
 * functions, however large a group is.
 */
export function computeUnits(host: VfioHost): readonly Unit[] {
  const { devices } = host.topology
  const normal = devices.filter((device) => !isBridge(device))
  const forest = disjointSets(normal)
  const why: Coupling[] = []
  for (const edge of [...dmaEdges(host, normal), ...resetEdges(host, normal)]) {
    why.push(edge)
    if (edge.absent === null) forest.join(edge.from, edge.to)
  }
  const members = new Map<PciAddress, PciDevice[]>()
  for (const device of normal) append(members, forest.rootOf(device.address), device)
  const reasons = new Map<PciAddress, Coupling[]>()
  for (const edge of why) append(reasons, forest.rootOf(edge.from), edge)
  return [...members].map(([root, devices]) => ({
    devices: devices.map(({ address }) => address),
    kind: kindOf(devices, host),
    groups: groupNumbers(devices),
    why: reasons.get(root) ?? NO_REASON,
  }))
}

function kindOf(devices: readonly PciDevice[], host: VfioHost): UnitKind | null {
  if (devices.some(({ raw }) => !raw.iommuGroup.known)) return null
  const [first, ...more] = devices
  if (first !== undefined && more.length === 0) {
    const group = host.groups.get(groupNumber(first) ?? NO_GROUP)
    return group === undefined || isAloneIn(group, host.topology.raw).known ? 'single' : null
  }
  const numbers = devices.flatMap((device) => groupNumber(device) ?? [])
  const groups = new Set(numbers).size
  if (groups === numbers.length) return 'reset'
  return groups === 1 && numbers.length === devices.length ? 'group' : 'mixed'
}

/** No group has that number. */
const NO_GROUP = -1

const NO_REASON: readonly Coupling[] = []

function* dmaEdges(host: VfioHost, normal: readonly PciDevice[]): Generator<Coupling> {
  const first = new Map<number, PciAddress>()
  for (const device of normal) {
    const { address } = device
    const group = groupNumber(device)
    if (group === null || host.groups.get(group) === undefined) continue
    const from = first.get(group)
    if (from === undefined) first.set(group, address)
    else yield { kind: 'dma', from, to: address, group, absent: null }
  }
}

/** From a function to all that its reset affects, once for each distinct scope; nobody asks for the hot reset of a VF. */
function* resetEdges(host: VfioHost, normal: readonly PciDevice[]): Generator<Coupling> {
  const done = new Set<ResetAnswer>()
  for (const device of normal) {
    if (device.isVirtfn || device.onRootBus) continue
    for (const world of host.scopes.worldsOf(device).worlds) {
      // That nothing resets an unseen bus is no fact to tell.
      if (world.noReset) continue
      const answer = host.scopes.answer(device, world)
      if (!done.has(answer)) yield* starOf(host, device, answer, world)
      done.add(answer)
    }
  }
}

function starOf(
  host: VfioHost,
  device: PciDevice,
  answer: ResetAnswer,
  world: World,
): readonly Coupling[] {
  const absent = absence(answer, world)
  const { scope } = answer
  const touched = scope === null ? sameBus(host, device) : [...scope.affected, ...scope.unaccounted]
  return touched.flatMap((each) =>
    each === device || isBridge(each)
      ? []
      : [{ kind: 'reset', from: device.address, to: each.address, group: null, absent }],
  )
}

function absence(answer: ResetAnswer, world: World): Coupling['absent'] {
  if (answer.scope === null) return 'no-bus-reset'
  const { affected } = answer.scope
  if (affected.some(isBridge)) return 'bridge-inside'
  return world.vfSplit && affected.some((each) => isVirtfnIn(world, each)) ? 'vf-split' : null
}

function sameBus(host: VfioHost, device: PciDevice): readonly PciDevice[] {
  return host.topology.byBus.get(device.bus)?.devices ?? []
}

interface DisjointSets {
  readonly rootOf: (address: PciAddress) => PciAddress
  readonly join: (a: PciAddress, b: PciAddress) => void
}

function disjointSets(devices: readonly PciDevice[]): DisjointSets {
  const parents = new Map(devices.map(({ address }) => [address, address]))
  const rootOf = (address: PciAddress): PciAddress => {
    let root = address
    for (let up = parents.get(root); up !== undefined && up !== root; up = parents.get(root)) {
      parents.set(root, parents.get(up) ?? up)
      root = up
    }
    return root
  }
  const join = (a: PciAddress, b: PciAddress): void => {
    if (!parents.has(a) || !parents.has(b)) return
    parents.set(rootOf(b), rootOf(a))
  }
  return { rootOf, join }
}
