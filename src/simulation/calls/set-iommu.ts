import { groupMembers } from '../../iommu/groups.js'
import { interruptReasons } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { SetIommuStep } from '../scenario/scenario.js'
import { type ContainerFile, type ContextFile, changed, groupsIn } from '../state.js'
import { ok, refused, type StepResult, skipped } from '../step-result.js'
import { findNamed, isFound } from './find-files.js'
import { iommuOf, secondGroup } from './open-files.js'

/** VFIO_SET_IOMMU (`vfio_ioctl_set_iommu`; on an iommufd `iommufd_vfio_set_iommu`). */
export function setIommu(turn: Turn, { actor, container: name }: SetIommuStep): StepResult {
  const file = findNamed(turn, actor, name)
  if (file === 'never') return skipped(turn.state, null)
  if (!isFound(file)) return refused(turn.state, 'EBADF', [{ kind: 'closed-fd', name }])
  return file.kind === 'container' ? onContainer(turn, file) : onContext(turn, file)
}

/** Only a container with a group may have an IOMMU, and only one. */
function onContainer(turn: Turn, container: ContainerFile): StepResult {
  const { state, machine } = turn
  const { name } = container
  const [group, ...others] = groupsIn(state, container.id)
  if (group === undefined) return refused(state, 'EINVAL', [{ kind: 'container-empty', name }])
  if (container.iommu !== null) return refused(state, 'EINVAL', [{ kind: 'iommu-set', name }])
  const [member] = groupMembers(machine.host, group.group)
  const unsafe = group.fake || member === undefined ? [] : interruptReasons(turn, 'group', member)
  if (unsafe.length > 0) return refused(state, 'EPERM', unsafe)
  const second = others.flatMap((other) => secondGroup(turn, other, 1))
  if (second.length > 0) return refused(state, 'EBUSY', second)
  return ok(changed(state, container, { iommu: iommuOf(group) }))
}

/** An iommufd has what it needs from its first group on; before that there is no address space to choose for. */
function onContext({ state }: Turn, { compat, name }: ContextFile): StepResult {
  return compat === null ? refused(state, 'ENODEV', [{ kind: 'container-empty', name }]) : ok(state)
}
