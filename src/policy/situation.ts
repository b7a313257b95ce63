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
  /** What of each function the verdicts can name. */
  readonly reach: 'alone' | 'none' | 'others'
}

export type SituationOf = (target: PciDevice) => Situation | null

/**
 * The situation of a function that has its group and its dev_set for itself, on a host on which nobody holds anything and all that
 * decides was read; null: it is judged for itself. What its reset affects beside it is part of the situation.
 */
export function situationsOf(host: VfioHost): SituationOf {
  const { holding, kernel, scopes } = host
  if (!kernel.modelled.known || holding.groups.size > 0 || holding.devices.size > 0)
    return () => null
  const ofScope = new Map<ResetAnswer, Situation[]>()
  const inWorld = new Map<World, Situation[]>()
  return (target) => {
    const { worlds, gaps } = scopes.worldsOf(target)
    const [world] = worlds
    const bound = host.isVfioBound(target)
    if (gaps.length > 0 || worlds.length > 1 || !bound.known) return null
    const answer = scopes.answer(target, world)
    const reach = reachOf(answer, target)
    if (
      reach === null ||
      !isAloneInSet(host, target, world, reach) ||
      !isAloneInGroup(host, target)
    ) {
      return null
    }
    const found =
      reach === 'others'
        ? remembered(ofScope, answer, () => [])
        : remembered(inWorld, world, () => [])
    const number = numberOf(host, target, answer)
    const same = found[number]
    if (same !== undefined) return same
    const made = { reach }
    found[number] = made
    return made
  }
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

/** Of functions with others in their reset those only whose set can hold nobody else: no binding of others helps them. */
function isAloneInSet(
  { kernel, sets }: VfioHost,
  target: PciDevice,
  world: World,
  reach: Situation['reach'],
): boolean {
  const isOwn = kernel.devSets && sets.keyOf(target, world).kind === 'self'
  if (reach === 'others') return isOwn && world.vfSplit && isVirtfnIn(world, target)
  if (isOwn) return true
  const { members, uncertain } = sets.setOf(target, world)
  return members.length === 1 && uncertain.length === 0
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
function numberOf(host: VfioHost, target: PciDevice, { scope, denials }: ResetAnswer): number {
  const { kernel, topology } = host
  const reset = scope === null ? DENIALS[denials[0]?.kind ?? 'no-reset'] : NO_DENIAL
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
const NO_DENIAL = 4
