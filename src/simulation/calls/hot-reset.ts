import { groupMembers } from '../../iommu/groups.js'
import type { PciDevice } from '../../pci/device.js'
import { kernelPolicy } from '../../policy/find-policy.js'
import { type Interface, isHypothetical, type Policy } from '../../policy/policy.js'
import { HOT_RESET_HEADER } from '../../uapi/abi.js'
import { walkOrder } from '../../vfio/walk-order.js'
import { holds } from '../facts.js'
import { groupFact, nativeMembers } from '../host-facts.js'
import type { Machine, ResetCall, Turn } from '../machine.js'
import type { StepReason } from '../reason.js'
import type { HotResetStep } from '../scenario/scenario.js'
import { ok, refused, type StepResult } from '../step-result.js'
import { policyRefusals } from './caller.js'
import {
  type CalledDevice,
  calledDevice,
  isCalled,
  type Passed,
  passedArray,
  readArray,
} from './find-files.js'
import { outsiders, resetTarget } from './reset-call.js'

/**
 * VFIO_DEVICE_PCI_HOT_RESET: the tests in the kernel's order (`docs/reference/hot-reset.md#hot_reset`); a policy
 * replaces the last of them.
 */
export function hotReset(turn: Turn, step: HotResetStep): StepResult {
  const called = calledDevice(turn, step.actor, step.device)
  if (!isCalled(called)) return called
  const { state, machine } = turn
  const array = passedArray(turn, step)
  const { count } = array
  const policy = ruleFor(machine, called.file.via)
  const form = formRefusals(step)
  if (form.length > 0) return refused(state, 'EINVAL', form)
  const mode = modeRefusal(turn, called, policy, count)
  if (mode !== null) return refused(state, 'EINVAL', [mode])
  const target = resetTarget(turn, called.device)
  if (target.denials.length > 0) return refused(state, 'ENODEV', target.denials)
  if (policy.passed === 'group-files' && count === 0) {
    return refused(state, 'EINVAL', [{ kind: 'empty-array' }])
  }
  const most = target.affected.length
  if (count > most) return refused(state, 'EINVAL', [{ kind: 'array', count, most }])
  const files = readArray(array)
  const tested = fileRefusal(turn, policy, files)
  if (tested !== null) return tested
  return judge(turn, policy, {
    ...target,
    turn,
    context: called.file.context,
    groups: new Set(files.flatMap((each) => (each.kind === 'group' ? [each.file.group] : []))),
    deviceFds: new Set(files.flatMap((each) => (each.kind === 'device' ? [each.file.device] : []))),
  })
}

/**
 * A policy decides for callers of its interface. All others are answered as the kernel does: it leaves the rest alone.
 */
export function ruleFor({ policy }: Machine, via: Interface): Policy {
  const decides = policy !== null && (policy.opened === via || policy.opened === 'either')
  return decides ? policy : kernelPolicy(via)
}

function formRefusals({ argsz, flags }: HotResetStep): readonly StepReason[] {
  const short: readonly StepReason[] =
    argsz !== null && argsz < HOT_RESET_HEADER ? [{ kind: 'argsz', least: HOT_RESET_HEADER }] : []
  return flags === 0 ? short : [...short, { kind: 'flags' }]
}

/** 6.6+, before the probe: "zero-length array is only for cdev opened devices". */
function modeRefusal(
  { machine, facts }: Turn,
  { file: { via } }: CalledDevice,
  { passed }: Policy,
  count: number,
): StepReason | null {
  if (passed === 'nothing') return count > 0 ? { kind: 'mode', via } : null
  if (passed !== 'group-files' || count > 0) return null
  return holds(facts, machine.rules.modeTest, 'an empty array is only for cdevs')
    ? { kind: 'mode', via }
    : null
}

/** Each number in the array must be an open file of the right kind, in turn. */
function fileRefusal(turn: Turn, policy: Policy, files: readonly Passed[]): StepResult | null {
  for (const passed of files) {
    const refusal = onePassed(turn, policy, passed)
    if (refusal !== null) return refusal
  }
  return null
}

function onePassed(turn: Turn, policy: Policy, passed: Passed): StepResult | null {
  const { state, machine } = turn
  switch (passed.kind) {
    case 'closed':
      return refused(state, 'EBADF', [{ kind: 'closed-fd', name: passed.name }])
    case 'other':
      return refused(state, 'EINVAL', [{ kind: 'wrong-file', name: passed.name }])
    case 'device': {
      const { device: address, granted } = passed.file
      if (policy.passed !== 'any-files')
        return refused(state, 'EINVAL', [{ kind: 'wrong-file', name: address }])
      return granted ? null : refused(state, 'EINVAL', [{ kind: 'not-bound', address }])
    }
    case 'group':
      return isHypothetical(policy) || machine.host.kernel.bareGroupFd
        ? null
        : externalUser(turn, passed)
  }
}

/**
 * Before 5.19 group files went through the "external user" path, which wants a usable container
 * (`vfio_group_get_external_user`).
 */
function externalUser(turn: Turn, { file }: Extract<Passed, { kind: 'group' }>): StepResult | null {
  const { state } = turn
  const { group, fake, container } = file
  const attached = container === null ? undefined : state.files[container]
  if (attached === undefined) return refused(state, 'EINVAL', [{ kind: 'no-container', group }])
  if (fake) {
    const members = groupMembers(turn.machine.host, group)
    return refused(
      state,
      'EPERM',
      members.map((address) => ({ kind: 'noiommu', address, lacks: 'proof' })),
    )
  }
  if (attached.kind === 'container' && attached.iommu === null) {
    return refused(state, 'EINVAL', [{ kind: 'no-container', group }])
  }
  const barred = nativeMembers(turn, group)
  return barred.length === 0 ? null : refused(state, 'EINVAL', barred)
}

function judge(turn: Turn, policy: Policy, call: ResetCall): StepResult {
  const { state, machine } = turn
  if (!isHypothetical(policy) && !machine.host.kernel.devSets) return judgeByWalk(turn, call)
  const reasons = policyRefusals(call, policy)
  if (reasons.length > 0) {
    return refused(state, 'EINVAL', reasons, { possible: busyBefore(call, reasons) })
  }
  return ok(state, { possible: AT_RUN_TIME })
}

/**
 * 5.8 to 5.14: every affected function, in walk order, must have a group (EPERM) that is passed (EINVAL); then each
 * must be a vfio device (EINVAL) whose driver is vfio-pci itself (EBUSY).
 */
function judgeByWalk(turn: Turn, call: ResetCall): StepResult {
  const { state } = turn
  const grouped = walkOrder(turn.machine.host.topology, call.device, call.affected).flatMap(
    (device) => walkRefusal(call, device),
  )
  const blocked = outsiders(turn, call)
  const [first] = grouped
  const reasons = [...grouped.map(({ reason }) => reason), ...blocked]
  if (first !== undefined) return refused(state, first.errno, reasons)
  if (blocked.length > 0) return refused(state, 'EINVAL', blocked)
  const variants = call.affected.flatMap(({ address, raw: { driver } }): readonly StepReason[] =>
    driver.known && driver.value !== null && driver.value !== 'vfio-pci'
      ? [{ kind: 'foreign-driver', address, driver: driver.value }]
      : [],
  )
  if (variants.length > 0) return refused(state, 'EBUSY', variants)
  return ok(state, { possible: AT_RUN_TIME })
}

function walkRefusal(
  { turn, groups }: ResetCall,
  device: PciDevice,
): readonly { readonly errno: string; readonly reason: StepReason }[] {
  const { address } = device
  const group = groupFact(turn, device)
  if (group.kind === 'none') return [{ errno: 'EPERM', reason: { kind: 'no-group', address } }]
  if (group.kind === 'group') {
    if (groups.has(group.id)) return []
    return [{ errno: 'EINVAL', reason: { kind: 'group-not-owned', address, group: group.id } }]
  }
  const key = `the group of ${address}, of those passed`
  const state = turn.facts.choose(key, ['passed', 'other', 'none'], group.gap)
  if (state === 'passed') return []
  return state === 'none'
    ? [{ errno: 'EPERM', reason: { kind: 'no-group', address } }]
    : [{ errno: 'EINVAL', reason: { kind: 'group-not-owned', address, group: null } }]
}

/** Locks that others hold (EBUSY, EAGAIN), and a link or device that is not back in time (ENOTTY). */
const AT_RUN_TIME: readonly string[] = ['EBUSY', 'EAGAIN', 'ENOTTY']

/**
 * Members are locked and asked in turn: a busy one hides that a later one is not owned (`vfio_pci_dev_set_hot_reset`).
 */
function busyBefore(call: ResetCall, reasons: readonly StepReason[]): readonly string[] {
  const complete = outsiders(call.turn, call).length === 0
  return complete && reasons.length < call.members.length ? ['EBUSY'] : []
}
