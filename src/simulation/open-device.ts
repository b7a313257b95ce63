import { deviceClaimRefusals } from './claims.js'
import { findGroup, isFound } from './find-files.js'
import { functionResetAtOpen } from './function-reset.js'
import { deviceAt, isVfio, nativeMembers } from './host-facts.js'
import type { Turn } from './machine.js'
import { dmaOwners } from './ownership.js'
import type { OpenDeviceStep } from './scenario.js'
import {
  changed,
  type ContextFile,
  type GroupFile,
  type MachineState,
  opensOf,
  withFile,
} from './state.js'
import { ok, refused, skipped, type StepResult } from './step-result.js'
import { isPhysfn, tokenRefusal } from './vf-token.js'

/** GET_DEVICE_FD (`vfio_group_ioctl_get_device_fd`, `vfio_df_group_open`; before 5.19 `vfio_group_get_device_fd`). */
export function openDevice(turn: Turn, step: OpenDeviceStep): StepResult {
  const { state, machine } = turn
  const group = findGroup(turn, step.actor, step.device)
  if (group === 'never') return skipped(state, step.device)
  if (!isFound(group)) return refused(state, 'EBADF', [{ kind: 'closed-fd', name: null }])
  const name = () => nameRefusal(turn, step)
  const way = () => containerRefusal(turn, group)
  const [first, second] = machine.rules.nameFirst ? [name, way] : [way, name]
  return first() ?? second() ?? open(turn, step, group)
}

/** `vfio_device_get_from_name`: the function must be registered, and its match callback looks at the token. */
function nameRefusal(turn: Turn, { device: address, token }: OpenDeviceStep): StepResult | null {
  const device = deviceAt(turn, address)
  if (device === undefined || !isVfio(turn, device)) {
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

function open(turn: Turn, step: OpenDeviceStep, group: GroupFile): StepResult {
  const { state, machine } = turn
  const device = deviceAt(turn, step.device)
  if (device === undefined) return skipped(state, step.device)
  const [again] = opensOf(state, step.device)
  const context = contextOf(state, group)
  if (again !== undefined) {
    // Only the first open binds, resets and counts against a claim (`vfio_df_open`).
    return ok(withFile(state, { ...again, actor: step.actor, groupFile: group.id }))
  }
  const barred =
    context === null || group.fake
      ? []
      : [...nativeMembers(turn, group.group), ...dmaOwners(turn, group.group, context.id)]
  if (barred.length > 0) return refused(state, 'EPERM', barred)
  const claimed = deviceClaimRefusals(turn, device, null)
  if (claimed.length > 0) return refused(state, 'EBUSY', claimed)
  const bound = context !== null && !group.fake ? context : null
  const granted = context === null || !group.fake || worksOnIommufd(turn)
  const opened = withFile(state, {
    kind: 'device',
    actor: step.actor,
    device: step.device,
    via: 'group',
    groupFile: group.id,
    context: bound?.id ?? null,
    devid: bound?.nextDevid ?? null,
    granted,
  })
  const counted = bound === null ? opened : changed(opened, bound, { nextDevid: bound.nextDevid + 1 })
  const tokens =
    step.token !== null && isPhysfn(turn, device)
      ? new Map(state.tokens).set(step.device, step.token)
      : state.tokens
  if (!granted) return ok({ ...counted, tokens })
  return ok({ ...counted, tokens }, functionResetAtOpen(machine.host.kernel, device))
}

function contextOf({ files }: MachineState, { container }: GroupFile): ContextFile | null {
  const file = container === null ? undefined : files[container]
  return file?.kind === 'iommufd' ? file : null
}

function worksOnIommufd({ machine, facts }: Turn): boolean {
  const { noiommuOnIommufd } = machine.rules
  if (noiommuOnIommufd.known) return noiommuOnIommufd.value
  return facts.choose('noiommu works on an iommufd', ['no', 'yes'], noiommuOnIommufd.gap) === 'yes'
}
