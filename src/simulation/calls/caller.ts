import { known } from '../../host/gap.js'
import { groupNumber } from '../../iommu/groups.js'
import type { PciDevice } from '../../pci/device.js'
import type { Caller, Fact } from '../../policy/caller.js'
import { nativeBlocker } from '../../policy/ownership.js'
import type { Policy } from '../../policy/policy.js'
import { unread } from '../../policy/reason.js'
import { isSameKey } from '../../vfio/dev-set.js'
import { claimCost } from '../../vfio/dma-groups.js'
import { chosenDriver, deviceAt, groupFact, isSameGroup, isVfioBound } from '../host-facts.js'
import type { ResetCall } from '../machine.js'
import type { StepReason } from '../reason.js'
import { opensOf } from '../state.js'
import { boundTo, devidOf } from './ownership.js'
import { outsiders } from './reset-call.js'

/** Everything in which a policy refuses a hot reset, completeness before ownership. Empty: permitted. */
export function policyRefusals(
  call: ResetCall,
  { over, owned, reason }: Policy,
): readonly StepReason[] {
  const { turn, device: target, affected, members } = call
  const isOwned = owned(callerOf(call))
  const unowned = (device: PciDevice): readonly StepReason[] => {
    const found = isOwned(device)
    return found.known && found.value ? [] : [told(call, device, reason)]
  }
  switch (over) {
    case 'dev-set':
      return complete(call, members.flatMap(unowned))
    case 'groups': {
      const cost = claimCost(turn.machine.host, affected)
      return complete(call, cost.filter((device) => isVfioBound(turn, device)).flatMap(unowned))
    }
    case 'affected':
      return affected.flatMap((device) => {
        if (device === target) return []
        return isVfioBound(turn, device) ? unowned(device) : nativeRefusals(call, device)
      })
    case 'target':
      return complete(call, unowned(target))
  }
}

/** The actor of a step, as the policies see whoever asks. */
export function callerOf(call: ResetCall): Caller {
  const { turn, device: target, key, members, context, groups, deviceFds } = call
  return {
    isTarget: fact((device) => device === target),
    isAlone: fact(() => members.length === 1),
    isUnopened: fact(({ address }) => opensOf(turn.state, address).length === 0),
    isInPassedGroup: fact((device) => {
      const group = groupFact(turn, device)
      if (group.kind !== 'unread') return group.kind === 'group' && groups.has(group.id)
      const question = `the group of ${device.address} is passed`
      return turn.facts.choose(question, ['no', 'yes'], group.gap) === 'yes'
    }),
    isPassed: fact(({ address }) => deviceFds.has(address)),
    isInGroupOfPassed: fact((device) =>
      [...deviceFds].some((address) => {
        const passed = deviceAt(turn, address)
        return passed !== undefined && (passed === device || isSameGroup(turn, device, passed))
      }),
    ),
    isBound: fact(
      ({ address }) =>
        context !== null && boundTo(turn, context).some(({ device }) => device === address),
    ),
    isRepresented: fact((device) => context !== null && devidOf(turn, device, context) >= 0),
    isRepresentedInSet: fact(
      (device) => context !== null && devidOf(turn, device, context, members) >= 0,
    ),
    isClaimed: fact(() =>
      turn.state.claims.some((claim) => isSameKey(claim.key, key) && claim.context === context),
    ),
  }
}

/** In a run nothing is unknown: what was not read is chosen. */
function fact(holds: (device: PciDevice) => boolean): Fact {
  return (device) => known(holds(device))
}

function complete(call: ResetCall, strangers: readonly StepReason[]): readonly StepReason[] {
  return [...outsiders(call.turn, call), ...strangers]
}

function nativeRefusals({ turn }: ResetCall, device: PciDevice): readonly StepReason[] {
  const { driver } = device.raw
  if (!driver.known) {
    const isNative = chosenDriver(turn, device, driver.gap) === 'native'
    return isNative ? [unread(null, driver.gap)] : []
  }
  const native = nativeBlocker(device)
  return native === null ? [] : [native]
}

function told(call: ResetCall, device: PciDevice, kind: Policy['reason']): StepReason {
  const { address } = device
  switch (kind) {
    case 'group-not-owned':
      return { kind, address, group: groupNumber(device) }
    case 'not-in-context':
      return notInContext(call, device)
    default:
      return { kind, address }
  }
}

/** Names who has the member open in another way; else what would have to be bound. */
function notInContext(call: ResetCall, device: PciDevice): StepReason {
  const { address } = device
  const other = opensOf(call.turn.state, address).find((file) => file.context !== call.context)
  return other === undefined
    ? { kind: 'not-in-context', address, group: groupNumber(device) }
    : { kind: 'other-context', address, actor: other.actor }
}
