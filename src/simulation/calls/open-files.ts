import { isPower } from '../../iommu/grouping-rule.js'
import { groupMembers } from '../../iommu/groups.js'
import { deviceAt, groupFact, interruptReasons, nativeMembers } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { StepReason } from '../reason.js'
import type { OpenContainerStep, OpenGroupStep, OpenIommufdStep } from '../scenario/scenario.js'
import {
  type ContainerFile,
  type ContextFile,
  changed,
  type GroupFile,
  groupsIn,
  liveGroupFile,
  usedDevices,
  withFile,
} from '../state.js'
import { lost, ok, refused, type StepResult } from '../step-result.js'
import { groupClaimRefusals } from './claims.js'
import { findNamed, isFound } from './find-files.js'
import { missingGroupApi, missingGroupFile, missingIommufd } from './missing-files.js'
import { dmaOwners } from './ownership.js'

/** Opens `/dev/vfio/vfio`. */
export function openContainer(turn: Turn, { actor, as }: OpenContainerStep): StepResult {
  const { state } = turn
  const missing = missingGroupApi(turn)
  if (missing !== null) return refused(state, 'ENOENT', [missing])
  return ok(withFile(state, { kind: 'container', actor, name: as, iommu: null }))
}

/** Opens `/dev/iommu`: one open file is one context. */
export function openIommufd(turn: Turn, { actor, as }: OpenIommufdStep): StepResult {
  const { state } = turn
  const missing = missingIommufd(turn)
  if (missing !== null) return refused(state, 'ENOENT', [missing])
  return ok(withFile(state, { kind: 'iommufd', actor, name: as, compat: null, nextDevid: 1 }))
}

/**
 * Opens `/dev/vfio/G` (`vfio_group_fops_open`), then SET_CONTAINER and, for the container's first group, SET_IOMMU. After a
 * refused SET_CONTAINER the file is open all the same.
 */
export function openGroup(turn: Turn, step: OpenGroupStep): StepResult {
  const { state } = turn
  const device = deviceAt(turn, step.device)
  const group = device === undefined ? null : groupFact(turn, device)
  if (device === undefined || group?.kind === 'none' || group === null) {
    return refused(state, 'ENOENT', [{ kind: 'no-group', address: step.device }])
  }
  if (group.kind === 'unread') return lost(state, group.gap)
  const { id, fake } = group
  const missing = missingGroupFile(turn, device, id)
  if (missing !== null) return refused(state, 'ENOENT', [missing])
  const busy = [...openRefusals(turn, id), ...groupClaimRefusals(turn, id)]
  if (busy.length > 0) return refused(state, 'EBUSY', busy)
  const opened = withFile(state, {
    kind: 'group',
    actor: step.actor,
    group: id,
    fake,
    container: null,
  })
  const file = liveGroupFile(opened, id)
  if (step.container === null || file === undefined) return ok(opened)
  return setContainer({ ...turn, state: opened }, file, step.container, step)
}

/** A group file opens once, and not beside a bound cdev of the group (6.6+; no cdev is bound before). */
function openRefusals({ machine, state }: Turn, group: number): readonly StepReason[] {
  const holder = liveGroupFile(state, group)
  const members = groupMembers(machine.host, group)
  const bound = usedDevices(state).filter(
    ({ via, device }) => via === 'cdev' && members.includes(device),
  )
  return [
    ...bound.map(
      ({ device, actor }): StepReason => ({ kind: 'cdev-bound', address: device, group, actor }),
    ),
    ...(holder === undefined
      ? []
      : [{ kind: 'group-busy', group, actor: holder.actor } satisfies StepReason]),
  ]
}

function setContainer(turn: Turn, group: GroupFile, name: string, step: OpenGroupStep): StepResult {
  const container = findNamed(turn, group.actor, name)
  if (!isFound(container)) {
    return refused(turn.state, 'EBADF', [{ kind: 'closed-fd', name }])
  }
  return container.kind === 'container'
    ? joinContainer(turn, group, container, step)
    : joinIommufd(turn, group, container)
}

/** `vfio_container_attach_group`; SET_IOMMU(TYPE1 or NOIOMMU) when nothing was chosen for the container yet. */
function joinContainer(
  turn: Turn,
  group: GroupFile,
  container: ContainerFile,
  { device, iommu = true }: OpenGroupStep,
): StepResult {
  const { state, machine } = turn
  const others = groupsIn(state, container.id)
  if (others.some(({ fake }) => fake !== group.fake)) {
    return refused(state, 'EPERM', [{ kind: 'mixed-container', group: group.group }])
  }
  if (!group.fake && machine.host.kernel.dmaOwnership) {
    const barred = [...nativeMembers(turn, group.group), ...dmaOwners(turn, group.group, null)]
    if (barred.length > 0) return refused(state, 'EPERM', barred)
  }
  const second = secondGroup(turn, group, others.length)
  if (second.length > 0 && container.iommu !== null) return refused(state, 'EBUSY', second)
  const joined = changed(state, group, { container: container.id })
  if (!iommu && container.iommu === null) return ok(joined)
  // After a refused SET_IOMMU the group is in the container all the same.
  const unsafe = group.fake ? [] : interruptReasons(turn, 'group', device)
  if (unsafe.length > 0) return refused(joined, 'EPERM', unsafe)
  if (second.length > 0) return refused(joined, 'EBUSY', second)
  return ok(changed(joined, container, { iommu: iommuOf(group) }))
}

/** Containers of sPAPR TCE (VFIO_SPAPR_TCE_IOMMU) take one group (`tce_iommu_attach_group`); `others` are in it. */
export function secondGroup(
  { machine }: Turn,
  { group, fake }: GroupFile,
  others: number,
): readonly StepReason[] {
  const takesOne = !fake && isPower(machine.host.topology.raw)
  return takesOne && others > 0 ? [{ kind: 'one-group-container', group }] : []
}

/** The type of IOMMU that a container of such groups takes. */
export function iommuOf({ fake }: GroupFile): 'type1' | 'noiommu' {
  return fake ? 'noiommu' : 'type1'
}

/** `iommufd_vfio_compat_ioas_create` and `_set_no_iommu`: the first group decides for which kind the context is. */
function joinIommufd({ state }: Turn, group: GroupFile, context: ContextFile): StepResult {
  const wanted = group.fake ? 'noiommu' : 'real'
  if (context.compat !== null && context.compat !== wanted) {
    return refused(state, 'EINVAL', [{ kind: 'mixed-container', group: group.group }])
  }
  const joined = changed(state, group, { container: context.id })
  return ok(changed(joined, context, { compat: wanted }))
}
