import type { PciDevice } from '../../pci/device.js'
import { holds } from '../facts.js'
import { deviceAt, interruptReasons, isVfioBound, nativeMembers } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { OpenDeviceStep } from '../scenario/scenario.js'
import {
  type ContextFile,
  changed,
  type GroupFile,
  type MachineState,
  opensOf,
  withFile,
} from '../state.js'
import { ok, refused, type StepResult, skipped } from '../step-result.js'
import { deviceClaimRefusals } from './claims.js'
import { findGroup, isFound } from './find-files.js'
import { functionResetAtOpen } from './function-reset.js'
import { dmaOwners } from './ownership.js'
import { afterToken, tokenRefusal, withToken } from './vf-token.js'

/** GET_DEVICE_FD (`vfio_group_ioctl_get_device_fd`, `vfio_df_group_open`; before 5.19 `vfio_group_get_device_fd`). */
export function openDevice(turn: Turn, step: OpenDeviceStep): StepResult {
  const { state, machine } = turn
  const group = findGroup(turn, step.actor, step.device)
  if (group === 'never') return skipped(state, step.device)
  if (!isFound(group)) return refused(state, 'EBADF', [{ kind: 'closed-fd', name: null }])
  const { nameFirst } = machine.rules
  const early = nameFirst ? null : containerRefusal(turn, group)
  if (early !== null) return early
  const refusal = nameRefusal(turn, step)
  const device = deviceAt(turn, step.device)
  if (refusal !== null || device === undefined) return refusal ?? skipped(state, step.device)
  const named = afterToken(turn, device, step.token)
  return (nameFirst ? containerRefusal(named, group) : null) ?? open(named, step, device, group)
}

/** `vfio_device_get_from_name`: the function must be registered, and its match callback looks at the token. */
function nameRefusal(turn: Turn, { device: address, token }: OpenDeviceStep): StepResult | null {
  const device = deviceAt(turn, address)
  if (device === undefined || !isVfioBound(turn, device)) {
    return refused(turn.state, 'ENODEV', [{ kind: 'not-vfio', address, group: null }])
  }
  const refusal = tokenRefusal(turn, device, token)
  return refusal === null ? null : refused(turn.state, refusal.errno, [refusal.reason])
}

/** The group needs a container with an IOMMU; before 5.19 it must be viable too. */
function containerRefusal(turn: Turn, { group, fake, container }: GroupFile): StepResult | null {
  const { state, machine } = turn
  const file = container === null ? undefined : state.files[container]
  const ready = file?.kind === 'iommufd' || (file?.kind === 'container' && file.iommu !== null)
  if (!ready) return refused(state, 'EINVAL', [{ kind: 'no-container', group }])
  if (fake || machine.host.kernel.dmaOwnership) return null
  const barred = nativeMembers(turn, group)
  return barred.length === 0 ? null : refused(state, 'EINVAL', barred)
}

/** The first open binds, resets and counts against a claim; later ones of the same function only count (`vfio_df_open`). */
function open(turn: Turn, step: OpenDeviceStep, device: PciDevice, group: GroupFile): StepResult {
  const { state } = turn
  const [again] = opensOf(state, step.device)
  if (again !== undefined) {
    const set = withToken(turn, device, step.token)
    return ok(withFile(set, { ...again, actor: step.actor, groupFile: group.id }))
  }
  const context = contextOf(state, group)
  return ownerRefusal(turn, device, group, context) ?? firstOpen(turn, step, device, group, context)
}

/** On an iommufd DMA is claimed here, and not at SET_CONTAINER. */
function ownerRefusal(
  turn: Turn,
  device: PciDevice,
  { group, fake }: GroupFile,
  context: ContextFile | null,
): StepResult | null {
  const barred =
    context === null || fake
      ? []
      : [
          ...interruptReasons(turn, 'iommufd', device.address),
          ...nativeMembers(turn, group),
          ...dmaOwners(turn, group, context.id),
        ]
  if (barred.length > 0) return refused(turn.state, 'EPERM', barred)
  const claimed = deviceClaimRefusals(turn, device, null)
  return claimed.length > 0 ? refused(turn.state, 'EBUSY', claimed) : null
}

function firstOpen(
  turn: Turn,
  { actor, device: address, token }: OpenDeviceStep,
  device: PciDevice,
  group: GroupFile,
  context: ContextFile | null,
): StepResult {
  // A noiommu function is not bound to the iommufd that its group uses.
  const bound = group.fake ? null : context
  const { noiommuOnIommufd } = turn.machine.rules
  const granted =
    context === null ||
    !group.fake ||
    holds(turn.facts, noiommuOnIommufd, 'noiommu works on an iommufd')
  const opened = withFile(withToken(turn, device, token), {
    kind: 'device',
    actor,
    device: address,
    via: 'group',
    groupFile: group.id,
    context: bound?.id ?? null,
    devid: bound?.nextDevid ?? null,
    granted,
  })
  const state = bound === null ? opened : changed(opened, bound, { nextDevid: bound.nextDevid + 1 })
  return granted ? ok(state, functionResetAtOpen(turn.machine.host, device)) : ok(state)
}

function contextOf({ files }: MachineState, { container }: GroupFile): ContextFile | null {
  const file = container === null ? undefined : files[container]
  return file?.kind === 'iommufd' ? file : null
}
