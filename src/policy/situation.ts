import { isKnownAs, isYes } from '../host/gap.js'
import type { PciDevice } from '../pci/device.js'
import { remembered } from '../text/lists.js'
import { deniedBind } from '../vfio/denylist.js'
import type { Denial, ResetAnswer } from '../vfio/reset-scope.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import { isVirtfnIn, type World } from '../vfio/world.js'
import { realGroup } from './opening.js'

/** Functions that nothing but their names and their places tells apart, whoever is asked what: their verdicts are alike. */
export interface Situation {
  /** What of each function the verdicts can name: nothing that is reset, the function alone, or others beside it. */
  readonly reach: 'none' | 'alone' | 'others'
  /** The same for all resets that have others: what is alike as long as those only stand in the way. */
  readonly make: Make
}

export interface Make {
  readonly reach: Situation['reach']
}

export type SituationOf = (target: PciDevice) => Situation | null

/**
 * The situation of a function that has its group and its dev_set for itself, on a host on which nobody holds anything and all that
 * decides was read; null: it is judged for itself. What its reset affects beside it is part of the situation.
 */
export function situationsOf(host: VfioHost): SituationOf {
  const { holding, kernel, scopes } = host
  const isQuiet = kernel.modelled.known && holding.groups.size + holding.devices.size === 0
  if (!isQuiet) return () => null
  const makes = new Map<World, Situation[]>()
  const ofScope = new Map<ResetAnswer, Situation[]>()
  return (target) => {
    const { worlds, gaps } = scopes.worldsOf(target)
    const [world] = worlds
    if (gaps.length > 0 || worlds.length > 1 || !host.isVfioBound(target).known) return null
    const answer = scopes.answer(target, world)
    const reach = reachOf(answer, target)
    if (reach === null || !isAlone(host, target, world)) return null
    const number = numberOf(host, target, answer, reach)
    const own = numbered(makes, world, number, () => ({ reach, make: { reach } }))
    if (reach !== 'others') return own
    const { make } = own
    // Slots can tell other functions of one bus apart.
    if (!hasOwnSet(host, target, world)) return { reach, make }
    return numbered(ofScope, answer, number, () => ({ reach, make }))
  }
}

function numbered<K>(
  found: Map<K, Situation[]>,
  key: K,
  number: number,
  make: () => Situation,
): Situation {
  const list = remembered(found, key, () => [])
  const made = list[number] ?? make()
  list[number] = made
  return made
}

/** null: something else keeps its bus from being reset. */
function reachOf({ scope, denials }: ResetAnswer, target: PciDevice): Situation['reach'] | null {
  if (scope === null) {
    return denials.length === 1 && denials[0]?.address === target.address ? 'none' : null
  }
  const [first, second] = scope.affected
  if (first === undefined) return null
  return first === target && second === undefined ? 'alone' : 'others'
}

function isAlone(host: VfioHost, target: PciDevice, world: World): boolean {
  if (!isAloneInGroup(host, target)) return false
  if (hasOwnSet(host, target, world)) return true
  const { members, uncertain } = host.sets.setOf(target, world)
  return members.length === 1 && uncertain.length === 0
}

/** Each VF, where the kernel keeps VFs apart. */
function hasOwnSet({ kernel, sets }: VfioHost, target: PciDevice, world: World): boolean {
  const isSplit = kernel.devSets && world.vfSplit && isVirtfnIn(world, target)
  return isSplit && sets.keyOf(target, world).kind === 'self'
}

/** In a group that an IOMMU made, and that nobody but itself could keep closed. */
function isAloneInGroup(host: VfioHost, target: PciDevice): boolean {
  const id = realGroup(host.groupOf(target))
  const group = id === null ? undefined : host.groups.get(id)
  if (id === null || group === undefined) return false
  if (
    group.devices.length !== 1 ||
    group.devices[0] !== target.address ||
    group.others.length > 0
  ) {
    return false
  }
  const { culprits, hidden } = host.viabilityOf(id)
  return hidden.length === 0 && culprits.every(({ address }) => address === target.address)
}

/** For what tells functions of one reset apart, or those that are alone: also what they are to the others. */
function numberOf(
  host: VfioHost,
  target: PciDevice,
  { denials }: ResetAnswer,
  reach: Situation['reach'],
): number {
  const { kernel, topology } = host
  const reset = reach === 'none' ? DENIALS[denials[0]?.kind ?? 'no-reset'] : REACHES[reach]
  const isBound = isYes(host.isVfioBound(target))
  const isIdle = isKnownAs(target.raw.driver, null)
  const isDenied = deniedBind(target, { kernel, system: topology.raw.system }) !== null
  return reset * 8 + (isBound ? 4 : 0) + (isIdle ? 2 : 0) + (isDenied ? 1 : 0)
}

const DENIALS = {
  'root-bus': 0,
  'virtual-bus': 1,
  'no-reset': 2,
  'no-bus-reset': 3,
} as const satisfies Record<Denial['kind'], number>

/** There is a reset. */
const REACHES = { alone: 4, others: 5 } as const
