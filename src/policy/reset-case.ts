import { isNo, type Observed } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import type { DevSet } from '../vfio/dev-set.js'
import type { ResetAnswer } from '../vfio/reset-scope.js'
import type { VfioGroup, VfioHost } from '../vfio/vfio-host.js'
import type { World } from '../vfio/world.js'
import type { Caller } from './caller.js'
import type { MembershipReader } from './membership.js'
import type { Blocker, Refusal } from './reason.js'

/**
 * A hot reset of `target` in one world, asked by the assumed caller (`docs/reference/policies.md#the-assumed-caller`):
 * one user on an otherwise idle host who opens the target and every function of `owning`. The target counts as bound to
 * vfio-pci.
 */
export interface ResetCase {
  readonly host: VfioHost
  readonly world: World
  readonly target: PciDevice
  readonly answer: ResetAnswer
  /** Functions that the reset affects; empty without one. */
  readonly affected: readonly PciDevice[]
  readonly devSet: DevSet
  readonly targetGroup: Observed<VfioGroup>
  /** What keeps affected functions out of the dev_set for certain. */
  readonly blockers: readonly Blocker[]
  /** The refusals that follow from it and from what was not read: the same for nearly every policy, so made once. */
  readonly membership: readonly Refusal[]
  /** The same as refusals of a bind that claims the whole reset group. */
  readonly claimMembership: readonly Refusal[]
  /** Functions the caller has open beside the target; none that vfio does not have, since those cannot be opened. */
  readonly owning: readonly PciDevice[]
  /** Those of them that the caller opens through the other interface than the target's. */
  readonly otherwise: readonly PciDevice[]
  /** What `arrivalOf` found, by the ways in that policies are about: most of them come the same way. */
  readonly arrivals: (Arrival | undefined)[]
}

/** The assumed caller of a policy, and what refuses him before the reset is asked for. */
export interface Arrival {
  readonly caller: Caller
  readonly refusals: readonly Refusal[]
}

export interface CaseOptions {
  /** Functions that the caller has open beside the target. */
  readonly owning: ReadonlySet<PciAddress>
  /** Those of them that come through the other interface than the target's. */
  readonly otherwise: ReadonlySet<PciAddress>
  /** Remembers what targets have in common. */
  readonly membershipOf: MembershipReader
}

export function resetCase(
  host: VfioHost,
  target: PciDevice,
  world: World,
  { owning, otherwise, membershipOf }: CaseOptions,
): ResetCase {
  const answer = host.scopes.answer(target, world)
  const affected = answer.scope?.affected ?? NONE
  const owned = usable(host, target, owning)
  const { blockers, refusals, claimRefusals } = membershipOf({ host, world, target, affected })
  return {
    host,
    world,
    target,
    answer,
    affected,
    devSet: host.sets.setOf(target, world),
    targetGroup: host.groupOf(target),
    blockers,
    membership: refusals,
    claimMembership: claimRefusals,
    owning: owned,
    otherwise: otherwise.size === 0 ? NONE : owned.filter(({ address }) => otherwise.has(address)),
    arrivals: [],
  }
}

/** One list for all that touch nothing: what is made from a list is then made once. */
const NONE: readonly PciDevice[] = []

function usable(
  host: VfioHost,
  target: PciDevice,
  owning: ReadonlySet<PciAddress>,
): readonly PciDevice[] {
  if (owning.size === 0) return NONE
  return [...owning].flatMap((address) => {
    const device = host.topology.byAddress.get(address)
    if (device === undefined || device === target) return []
    const vfio = host.isVfioBound(device)
    return isNo(vfio) ? [] : [device]
  })
}
