import { isKnownAs, isYes } from '../host/gap.js'
import type { GroupNumber } from '../host/scalars.js'
import type { PciDevice } from '../pci/device.js'
import { remembered } from '../text/lists.js'
import { deniedBind } from '../vfio/denylist.js'
import type { DevSetKey } from '../vfio/dev-set.js'
import type { Denial, ResetAnswer } from '../vfio/reset-scope.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import { isVirtfnIn, type World } from '../vfio/world.js'
import { realGroup } from './opening.js'

/** Functions that nothing but their names and their places tells apart, whoever is asked what: their verdicts are alike. */
export interface Situation {
  /** What is alike in all resets in which others only stand in the way; null: the dev_set or the group has others too. */
  readonly make: Make | null
}

export interface Make {
  /** What of each function the verdicts can name: nothing that is reset, the function alone, or others beside it. */
  readonly reach: 'none' | 'alone' | 'others'
}

export type SituationOf = (target: PciDevice) => Situation | null

/**
 * The situation of a function on a host on which nobody holds anything and all that decides was read; null: it is judged for itself.
 * What is reset with it, its group and its dev_set are part of the situation.
 */
export function situationsOf(host: VfioHost): SituationOf {
  const { holding, kernel, scopes } = host
  const isQuiet = kernel.modelled.known && holding.groups.size + holding.devices.size === 0
  if (!isQuiet) return () => null
  const makes = new Map<World, Situation[]>()
  const ofScope = new Map<ResetAnswer, Situation[]>()
  const together = situationsTogether(host)
  return (target) => {
    const { worlds, gaps } = scopes.worldsOf(target)
    const [world] = worlds
    if (gaps.length > 0 || worlds.length > 1 || !host.isVfioBound(target).known) return null
    const answer = scopes.answer(target, world)
    const reach = reachOf(answer, target)
    if (reach === null) return null
    if (!isAlone(host, target, world)) return together(target, answer, world)
    const number = numberOf(host, target, answer, reach)
    const own = numbered(makes, world, number, () => ({ make: { reach } }))
    if (reach !== 'others') return own
    const { make } = own
    // Slots can tell other functions of one bus apart.
    if (!hasOwnSet(host, target, world)) return { make }
    return numbered(ofScope, answer, number, () => ({ make }))
  }
}

/** Of functions that one reset affects, which are in one group and one dev_set. */
function situationsTogether(host: VfioHost) {
  const found = new Map<ResetAnswer, Map<GroupNumber, Map<DevSetKey, Situation[]>>>()
  return (target: PciDevice, answer: ResetAnswer, world: World): Situation | null => {
    const group = realGroup(host.groupOf(target))
    if (answer.scope === null || group === null || !host.kernel.devSets) return null
    if (!isKnownAs(target.header, 'normal')) return null
    const { culprits, hidden } = host.viabilityOf(group)
    if (hidden.length > 0) return null
    const isCulprit = culprits.some(({ address }) => address === target.address)
    const number = numberOf(host, target, answer, 'others') * 2 + Number(isCulprit)
    const ofScope = remembered(found, answer, () => new Map())
    const ofGroup = remembered(ofScope, group, () => new Map<DevSetKey, Situation[]>())
    return numbered(ofGroup, host.sets.keyOf(target, world), number, () => ({ make: null }))
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
function reachOf({ scope, denials }: ResetAnswer, target: PciDevice): Make['reach'] | null {
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
  reach: Make['reach'],
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
