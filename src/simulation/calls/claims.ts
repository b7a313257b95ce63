import { groupMembers, groupNumber } from '../../iommu/groups.js'
import type { PciDevice } from '../../pci/device.js'
import type { Policy } from '../../policy/policy.js'
import { isSameKey } from '../../vfio/dev-set.js'
import { deviceAt, groupFact, isVfioBound, worldOf } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { StepReason } from '../reason.js'
import { type Claim, type ContextFile, type MachineState, opensOf, usedDevices } from '../state.js'
import { callerOf } from './caller.js'
import { devSetOf, outsiders, resetTarget } from './reset-call.js'

/*
 * Claims of a reset group (`docs/reference/policies.md#claims`). No kernel has them: the errnos are ours.
 */

/** Why a function may not be opened in `context` (null: by a group) now that its reset group is claimed. */
export function deviceClaimRefusals(
  turn: Turn,
  device: PciDevice,
  context: number | null,
): readonly StepReason[] {
  const claim = claimOf(turn, device)
  if (claim === undefined) return []
  if (claim.context !== context) {
    return [{ kind: 'claimed', address: device.address, actor: claim.actor }]
  }
  return othersInNoiommu(turn, device)
}

/** Opening a group file counts as opening what is in it: refused when a function of it is claimed. */
export function groupClaimRefusals(turn: Turn, group: number): readonly StepReason[] {
  if (turn.state.claims.length === 0) return []
  return groupMembers(turn.machine.host, group).flatMap((address) => {
    const device = deviceAt(turn, address)
    return device === undefined || !isVfioBound(turn, device)
      ? []
      : deviceClaimRefusals(turn, device, null)
  })
}

/**
 * Why a claiming BIND is refused that would leave the machine as it is in this turn: EBUSY while others are there or
 * where the policy does not accept the claim, EINVAL where the reset could never work; null: it is not.
 */
export function bindClaimRefusal(
  turn: Turn,
  device: PciDevice,
  context: number,
  accepts: NonNullable<Policy['claims']>,
): { readonly errno: string; readonly reasons: readonly StepReason[] } | null {
  const target = resetTarget(turn, device)
  const open = target.members.flatMap(({ address }): readonly StepReason[] => {
    const other = opensOf(turn.state, address).find((file) => file.context !== context)
    return other === undefined ? [] : [{ kind: 'other-context', address, actor: other.actor }]
  })
  const call = { ...target, turn, context, groups: NOTHING, deviceFds: NOTHING }
  const isAccepted = accepts(callerOf(call))
  const missing = target.members.flatMap((member): readonly StepReason[] => {
    const accepted = isAccepted(member)
    if (accepted.known && accepted.value) return []
    const { address } = member
    return [{ kind: 'not-in-context', address, group: groupNumber(member) }]
  })
  const busy = [...open, ...othersInNoiommu(turn, device), ...missing]
  const incomplete = outsiders(turn, target)
  if (busy.length > 0) return { errno: 'EBUSY', reasons: [...busy, ...incomplete] }
  return incomplete.length > 0 ? { errno: 'EINVAL', reasons: incomplete } : null
}

const NOTHING: ReadonlySet<never> = new Set()

export function withClaim(turn: Turn, device: PciDevice, { id, actor }: ContextFile): MachineState {
  const { key } = devSetOf(turn, device, worldOf(turn, device))
  const others = turn.state.claims.filter((claim) => !isSameKey(claim.key, key))
  return { ...turn.state, claims: [...others, { key, context: id, actor }] }
}

/** A claim lives as long as its context has a function of the reset group bound. */
export function withoutDeadClaims(turn: Turn): MachineState {
  const { state } = turn
  if (state.claims.length === 0) return state
  const claims = state.claims.filter((claim) =>
    usedDevices(state).some((file) => {
      const device = file.context === claim.context ? deviceAt(turn, file.device) : undefined
      return device !== undefined && isSameKey(keyOf(turn, device), claim.key)
    }),
  )
  return { ...state, claims }
}

function claimOf(turn: Turn, device: PciDevice): Claim | undefined {
  if (turn.state.claims.length === 0) return undefined
  const key = keyOf(turn, device)
  return turn.state.claims.find((claim) => isSameKey(claim.key, key))
}

function keyOf(turn: Turn, device: PciDevice) {
  return turn.machine.host.sets.keyOf(device, worldOf(turn, device))
}

/** No-IOMMU functions have no context that could be compared, so one of a claimed group may be open, no more. */
function othersInNoiommu(turn: Turn, device: PciDevice): readonly StepReason[] {
  const group = groupFact(turn, device)
  if (group.kind !== 'group' || !group.fake) return []
  return devSetOf(turn, device, worldOf(turn, device)).members.flatMap((member) =>
    member !== device && opensOf(turn.state, member.address).length > 0
      ? [{ kind: 'claimed-noiommu' as const, address: member.address }]
      : [],
  )
}
