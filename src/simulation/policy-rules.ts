import type { PciDevice } from '../pci/device.js'
import type { PolicyId } from '../policy/policy.js'
import { claimCost } from '../vfio/dma-groups.js'
import { boundTo, devidOf } from './calls/ownership.js'
import { outsiders } from './calls/reset-call.js'
import { deviceAt, groupFact, isSameGroup, isVfio } from './host-facts.js'
import type { CallerRule, ResetCall, ResetRule, SimulatedPolicy } from './machine.js'
import type { StepReason } from './reason.js'
import type { PolicyChoice } from './scenario/scenario.js'
import { opensOf } from './state.js'

/** `vfio_dev_in_groups`: the group file of every member is passed. */
export const byGroupFiles: ResetRule = complete(isInPassedGroup, groupNotOwned)

/** As `byGroupFiles`, for members that somebody has open (v1 to v3). */
export const byGroupFilesOfOpened: ResetRule = complete(
  (call, member) => !isOpen(call, member) || isInPassedGroup(call, member),
  groupNotOwned,
)

/** The merged rule: every member is bound to the caller's context, or a function of its group is. */
export const byContext: ResetRule = complete(isRepresented, notInContext)

/** v4: only members of the same set can stand for a group. */
export const byContextWithinSet: ResetRule = complete(
  (call, member) =>
    call.context !== null && devidOf(call.turn, member, call.context, call.members) >= 0,
  notInContext,
)

/** v1 to v3, zero-length array: bound to the caller's context, or unopened, or alone. */
export const byContextOrUnopened: ResetRule = complete(
  (call, member) =>
    call.members.length === 1 || !isOpen(call, member) || isBoundToCaller(call, member),
  notInContext,
)

/** A part of the same postings: a set of one needs no proof. */
export const bySingleton: ResetRule = complete(
  ({ members, device }, member) => members.length === 1 || member === device,
  (_, { address }) => ({ kind: 'not-singleton', address }),
)

/** v1 to v3: a device fd proves its own device; unopened members and a set of one need no proof. */
export const byDeviceFds: ResetRule = complete(
  (call, member) =>
    call.members.length === 1 ||
    !isOpen(call, member) ||
    call.deviceFds.has(member.address) ||
    isInPassedGroup(call, member),
  (_, { address }) => ({ kind: 'device-not-passed', address }),
)

/** Alex Williamson: a device fd stands for its whole group. */
export const byDeviceFdsAsGroups: ResetRule = complete(
  (call, member) =>
    isInPassedGroup(call, member) ||
    [...call.deviceFds].some((address) => {
      const device = deviceAt(call.turn, address)
      return device !== undefined && (device === member || isSameGroup(call.turn, member, device))
    }),
  groupNotOwned,
)

/**
 * Every vfio function of every group that the reset touches must be represented (`docs/reference/policies.md#closure`).
 */
export const byClosure: ResetRule = (call) => {
  const { turn, affected } = call
  const strangers = claimCost(turn.machine.host, affected)
    .filter((device) => isVfio(turn, device) && !isRepresented(call, device))
    .map((device) => notInContext(call, device))
  return [...outsiders(turn, call), ...strangers]
}

/** Jason Gunthorpe's fifth requirement: whoever uses an affected function must be the caller; idle ones do not count. */
export const byOpenedOnly: ResetRule = (call) =>
  call.affected.flatMap((device): readonly StepReason[] => {
    if (device === call.device) return []
    const { turn } = call
    if (isVfio(turn, device)) {
      const fine = !isOpen(call, device) || isRepresented(call, device)
      return fine ? [] : [notInContext(call, device)]
    }
    const blocked = outsiders(turn, { ...call, affected: [device] })
    return blocked.filter(({ kind }) => kind === 'bridge-inside' || kind === 'foreign-driver')
  })

/** The claim is the proof: the caller's context holds it. */
export const byClaim: ResetRule = (call) => {
  const { turn, device, key, context } = call
  const owned = turn.state.claims.some(
    (claim) => claim.key.kind === key.kind && claim.key.of === key.of && claim.context === context,
  )
  const refusals = outsiders(turn, call)
  return owned ? refusals : [...refusals, { kind: 'not-claimed', address: device.address }]
}

/** POSSIBLE(D), and every member of the set owned. */
function complete(
  isOwned: (call: ResetCall, member: PciDevice) => boolean,
  told: (call: ResetCall, member: PciDevice) => StepReason,
): ResetRule {
  return (call) => {
    const strangers = call.members
      .filter((member) => !isOwned(call, member))
      .map((member) => told(call, member))
    return [...outsiders(call.turn, call), ...strangers]
  }
}

function isInPassedGroup({ turn, groups }: ResetCall, member: PciDevice): boolean {
  const group = groupFact(turn, member)
  if (group.kind === 'unread') {
    const key = `the group of ${member.address} is passed`
    return turn.facts.choose(key, ['no', 'yes'], group.gap) === 'yes'
  }
  return group.kind === 'group' && groups.has(group.id)
}

function isRepresented({ turn, context }: ResetCall, device: PciDevice): boolean {
  return context !== null && devidOf(turn, device, context) >= 0
}

function isBoundToCaller({ turn, context }: ResetCall, { address }: PciDevice): boolean {
  return context !== null && boundTo(turn, context).some(({ device }) => device === address)
}

function isOpen({ turn }: ResetCall, { address }: PciDevice): boolean {
  return opensOf(turn.state, address).length > 0
}

function groupNotOwned({ turn }: ResetCall, member: PciDevice): StepReason {
  return { kind: 'group-not-owned', address: member.address, group: groupNumber(turn, member) }
}

/** Names who has the member open in another way; else what would have to be bound. */
function notInContext({ turn, context }: ResetCall, member: PciDevice): StepReason {
  const { address } = member
  const other = opensOf(turn.state, address).find((file) => file.context !== context)
  return other === undefined
    ? { kind: 'not-in-context', address, group: groupNumber(turn, member) }
    : { kind: 'other-context', address, actor: other.actor }
}

function groupNumber(turn: ResetCall['turn'], device: PciDevice): number | null {
  const group = groupFact(turn, device)
  return group.kind === 'group' ? group.id : null
}

export function simulatedPolicy(id: PolicyChoice): SimulatedPolicy {
  const { rule = null, via, claims = 'none' } = POLICY_RULES[id]
  const own = rule === null ? null : { array: ARRAYS[via], asKernel: false, refusals: rule }
  return {
    id,
    impliesCdev: own !== null && via !== 'group',
    claims,
    ruleFor: (caller) =>
      own !== null && (via === 'any' || via === caller) ? own : KERNEL_RULES[caller],
  }
}

const KERNEL_RULES: Readonly<Record<'group' | 'cdev', CallerRule>> = {
  group: { array: 'groups', asKernel: true, refusals: byGroupFiles },
  cdev: { array: 'empty', asKernel: true, refusals: byContext },
}

const ARRAYS = { group: 'groups', cdev: 'empty', any: 'any' } as const

interface PolicyRule {
  /** Left out: what the kernel does for both kinds of callers. */
  readonly rule?: ResetRule
  /** Whose rule it replaces. */
  readonly via: 'group' | 'cdev' | 'any'
  readonly claims?: SimulatedPolicy['claims']
}

const POLICY_RULES: Readonly<Record<PolicyId | 'kernel', PolicyRule>> = {
  kernel: { via: 'any' },
  'group-fds': { via: 'group' },
  iommufd: { via: 'cdev' },
  'opened-group-fds': { rule: byGroupFilesOfOpened, via: 'group' },
  'ctx-or-unopened': { rule: byContextOrUnopened, via: 'cdev' },
  singleton: { rule: bySingleton, via: 'cdev' },
  'device-fds': { rule: byDeviceFds, via: 'any' },
  'device-fd-as-group': { rule: byDeviceFdsAsGroups, via: 'any' },
  'ctx-or-group-in-set': { rule: byContextWithinSet, via: 'cdev' },
  'opened-only-core': { rule: byOpenedOnly, via: 'cdev' },
  closure: { rule: byClosure, via: 'cdev' },
  'reset-group-claim': { rule: byClaim, via: 'cdev', claims: 'plain' },
  'reset-group-claim-strict': { rule: byClaim, via: 'cdev', claims: 'strict' },
}
