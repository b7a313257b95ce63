import type { PciDevice } from '../../pci/device.js'
import { holds } from '../facts.js'
import { deviceAt, groupFact, interruptReasons, nativeMembers } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { StepReason } from '../reason.js'
import type { BindCdevStep } from '../scenario/scenario.js'
import {
  type ContextFile,
  changed,
  type DeviceFile,
  isDeviceFile,
  liveGroupFile,
  opensOf,
  withFile,
} from '../state.js'
import { lost, ok, refused, type StepResult } from '../step-result.js'
import { bindClaimRefusal, deviceClaimRefusals, withClaim } from './claims.js'
import { findNamed, isFound } from './find-files.js'
import { functionResetAtOpen } from './function-reset.js'
import { missingCdev } from './missing-files.js'
import { dmaOwners } from './ownership.js'
import { afterToken, type TokenRefusal, tokenRefusal, withToken } from './vf-token.js'

/** Opens the cdev, then VFIO_DEVICE_BIND_IOMMUFD. After a refused BIND the cdev is open and answers nothing else. */
export function bindCdev(turn: Turn, step: BindCdevStep): StepResult {
  const { state } = turn
  const device = deviceAt(turn, step.device)
  const missing: StepReason | null =
    device === undefined
      ? { kind: 'not-vfio', address: step.device, group: null }
      : missingCdev(turn, device)
  if (device === undefined || missing !== null) {
    return refused(state, 'ENOENT', missing === null ? [] : [missing])
  }
  const opened = withFile(state, {
    kind: 'device',
    actor: step.actor,
    device: step.device,
    via: 'cdev',
    groupFile: null,
    context: null,
    devid: null,
    granted: false,
  })
  const file = opened.files.filter(isDeviceFile).at(-1)
  if (file === undefined) return ok(opened)
  return bind({ ...turn, state: opened }, step, device, file)
}

/** The tests of `vfio_df_ioctl_bind_iommufd`, in its order; a claim's own come last. */
function bind(turn: Turn, step: BindCdevStep, device: PciDevice, file: DeviceFile): StepResult {
  const { state } = turn
  const form = formRefusal(turn, step)
  if (form !== null) return form
  const group = groupFact(turn, device)
  if (group.kind === 'unread') return lost(state, group.gap)
  const holder = group.kind === 'group' ? liveGroupFile(state, group.id) : undefined
  if (holder !== undefined) {
    return refused(state, 'EBUSY', [
      { kind: 'group-busy', group: holder.group, actor: holder.actor },
    ])
  }
  const refusal = bindTokenRefusal(turn, device, step.token)
  if (refusal !== null) return refused(state, refusal.errno, [refusal.reason])
  return bindTo(afterToken(turn, device, step.token), step, device, file)
}

/** The tests that come after the one of the token. */
function bindTo(turn: Turn, step: BindCdevStep, device: PciDevice, file: DeviceFile): StepResult {
  const { state } = turn
  const group = groupFact(turn, device)
  const context = findNamed(turn, step.actor, step.iommufd ?? '')
  if (!isFound(context)) return refused(state, 'EBADF', [{ kind: 'closed-fd', name: step.iommufd }])
  if (context.kind !== 'iommufd') {
    return refused(state, 'EBADFD', [{ kind: 'wrong-file', name: context.name }])
  }
  const [open] = opensOf(state, step.device)
  if (open !== undefined) {
    const { device: address, actor } = open
    return refused(state, 'EINVAL', [{ kind: 'already-open', address, actor }])
  }
  const barred =
    group.kind === 'group' && !group.fake
      ? [
          ...interruptReasons(turn, 'iommufd', step.device),
          ...nativeMembers(turn, group.id),
          ...dmaOwners(turn, group.id, context.id),
        ]
      : []
  if (barred.length > 0) return refused(state, 'EPERM', barred)
  return claimAndBind(turn, step, device, file, context)
}

function claimAndBind(
  turn: Turn,
  step: BindCdevStep,
  device: PciDevice,
  file: DeviceFile,
  context: ContextFile,
): StepResult {
  const { state, machine } = turn
  const against = deviceClaimRefusals(turn, device, context.id)
  if (against.length > 0) return refused(state, 'EBUSY', against)
  const bound = changed(
    changed(withToken(turn, device, step.token), file, {
      granted: true,
      context: context.id,
      devid: context.nextDevid,
    }),
    context,
    { nextDevid: context.nextDevid + 1 },
  )
  const accepts = step.claim ? (machine.policy?.claims ?? null) : null
  const after: Turn = { ...turn, state: bound }
  const refusal = accepts === null ? null : bindClaimRefusal(after, device, context.id, accepts)
  if (refusal !== null) return refused(state, refusal.errno, refusal.reasons)
  return ok(
    accepts === null ? bound : withClaim(after, device, context),
    functionResetAtOpen(machine.host, device),
  )
}

/** Unknown flags, and an iommufd below zero, before anything else is looked at. */
function formRefusal(turn: Turn, step: BindCdevStep): StepResult | null {
  const { state, machine, facts } = turn
  // The policies that lack the claim are asked what happens without it; a kernel is asked with the flag set.
  if (step.claim && machine.policy === null) {
    return refused(state, 'EINVAL', [{ kind: 'claim-unknown' }])
  }
  if (step.token !== null) {
    const { bindToken } = machine.rules
    const taken = bindToken.known
      ? bindToken.value
      : facts.choose('BIND and a VF token', ['taken', 'too-long', 'unknown-flag'], bindToken.gap)
    if (taken === 'too-long') return refused(state, 'E2BIG', [{ kind: 'token-unknown' }])
    if (taken === 'unknown-flag') return refused(state, 'EINVAL', [{ kind: 'token-unknown' }])
  }
  const never = step.iommufd === null || findNamed(turn, step.actor, step.iommufd) === 'never'
  return never ? refused(state, 'EINVAL', [{ kind: 'closed-fd', name: step.iommufd }]) : null
}

function bindTokenRefusal(
  turn: Turn,
  device: PciDevice,
  token: string | null,
): TokenRefusal | null {
  const { bindAsksToken } = turn.machine.rules
  const refusal = tokenRefusal(turn, device, token)
  if (refusal === null || token !== null) return refusal
  return holds(turn.facts, bindAsksToken, 'BIND asks for VF tokens') ? refusal : null
}
