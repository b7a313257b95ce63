import { known, type Observed } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import type { DevSet } from '../vfio/dev-set.js'
import type { ResetAnswer } from '../vfio/reset-scope.js'
import { isSameGroup, type VfioGroup, type VfioHost } from '../vfio/vfio-host.js'
import type { World } from '../vfio/world.js'
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
  /** A(D); empty without a reset. */
  readonly affected: readonly PciDevice[]
  readonly devSet: DevSet
  readonly targetGroup: Observed<VfioGroup>
  /** What keeps affected functions out of the dev_set for certain. */
  readonly blockers: readonly Blocker[]
  /** The refusals that follow from it and from what was not read: the same for nearly every policy, so computed once. */
  readonly membership: readonly Refusal[]
  /** The same as refusals of a bind that claims the whole reset group. */
  readonly claimMembership: readonly Refusal[]
  /** Functions the caller has open beside the target; none that vfio does not have, since those cannot be opened. */
  readonly owning: readonly PciDevice[]
  /** Functions of the caller's iommufd context: the target and `owning`. */
  readonly context: readonly PciDevice[]
}

export interface CaseOptions {
  /** Functions that the caller has open beside the target. */
  readonly owning: ReadonlySet<PciAddress>
  /** Remembers what targets have in common. */
  readonly membershipOf: MembershipReader
}

export function resetCase(
  host: VfioHost,
  target: PciDevice,
  world: World,
  { owning, membershipOf }: CaseOptions,
): ResetCase {
  const answer = host.scopes.answer(target, world)
  const affected = answer.scope?.affected ?? NONE
  const others = usable(host, target, owning)
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
    owning: others,
    context: [target, ...others],
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
    const vfio = host.sets.isVfio(device)
    return vfio.known && !vfio.value ? [] : [device]
  })
}

const YES: Observed<boolean> = known(true)
const NO: Observed<boolean> = known(false)

/** Whether a function's group is that of one of `owners`; a gap when a group that decides was not read. */
export function isInGroupOf(
  c: ResetCase,
  device: PciDevice,
  owners: readonly PciDevice[],
): Observed<boolean> {
  if (owners.includes(device)) return YES
  const own = c.host.groupOf(device)
  if (!own.known) return own
  let answer = NO
  for (const owner of owners) {
    const shared = sharesGroup(c, own.value, owner)
    if (shared.known && shared.value) return shared
    if (!shared.known && answer.known) answer = shared
  }
  return answer
}

/** An owner whose driver was not read owns nothing for certain. */
function sharesGroup(c: ResetCase, own: VfioGroup, owner: PciDevice): Observed<boolean> {
  const group = c.host.groupOf(owner)
  if (!group.known) return group
  if (!isSameGroup(own, group.value)) return NO
  return owner === c.target ? YES : c.host.sets.isVfio(owner)
}

/** ctx(d) = c: the function is bound to the caller's iommufd context. */
export function isInContext(c: ResetCase, device: PciDevice): boolean {
  return c.context.includes(device)
}

/**
 * `vfio_iommufd_get_dev_id`: bound to the caller's context, or some function of its group is, wherever that hangs
 * (`iommufd_ctx_has_group`). A noiommu function's group object is empty, so it must be bound itself.
 */
export function isRepresented(c: ResetCase, device: PciDevice): Observed<boolean> {
  return isInContext(c, device) ? known(true) : isInGroupOf(c, device, c.context)
}

/** v4: as `isRepresented`, but only members of the dev_set can represent a group. */
export function isRepresentedInSet(c: ResetCase, device: PciDevice): Observed<boolean> {
  if (isInContext(c, device)) return known(true)
  const owners = c.context.filter((owner) => c.devSet.members.includes(owner))
  return isInGroupOf(c, device, owners)
}

/**
 * Whether the dev_set holds the target alone. A function whose driver was not read counts as a member: if it is none, it
 * is affected all the same and refuses by completeness, with the same errno.
 */
export function isSingleton({ devSet }: ResetCase): boolean {
  return devSet.members.length + devSet.uncertain.length === 1
}
