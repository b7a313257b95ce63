import type { PciDevice } from '../../pci/device.js'
import { isHypothetical } from '../../policy/policy.js'
import { holds } from '../facts.js'
import { deviceAt, groupFact, isVfioBound } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { StepReason } from '../reason.js'

/** Why there is no `/dev/iommu`; null: there is one. */
export function missingIommufd(turn: Turn): StepReason | null {
  const { interfaces, rules } = turn.machine
  if (impliesCdev(turn)) return null
  const found =
    holds(turn.facts, rules.iommufd, 'this kernel is new enough for iommufd') &&
    holds(turn.facts, interfaces.iommufd, IOMMUFD)
  return found ? null : { kind: 'no-iommufd' }
}

/** Why a function has no cdev to open; null: it has one (`vfio_device_add`). */
export function missingCdev(turn: Turn, device: PciDevice): StepReason | null {
  const { address } = device
  if (!isVfioBound(turn, device)) return { kind: 'not-vfio', address, group: null }
  if (impliesCdev(turn)) return null
  const { interfaces } = turn.machine
  const found = holds(turn.facts, interfaces.cdev, IOMMUFD)
  if (!found) return { kind: 'no-cdev' }
  const group = groupFact(turn, device)
  if (group.kind !== 'group' || !group.fake) return null
  return holds(turn.facts, interfaces.noiommuCdev, 'noiommu functions have cdevs')
    ? null
    : { kind: 'noiommu', address, lacks: 'cdev' }
}

/** iommufd and cdevs are switched on together, as far as a tree without `dev/` tells. */
const IOMMUFD = 'this kernel has iommufd'

/** A rule that no kernel has, for those who come through cdevs, implies a kernel that has them all. */
function impliesCdev({ machine: { policy } }: Turn): boolean {
  return policy !== null && isHypothetical(policy) && policy.opened !== 'group'
}

/** Why there is no file for a group; null: there is one. It appears with the first member on a vfio driver. */
export function missingGroupFile(turn: Turn, device: PciDevice, group: number): StepReason | null {
  const { host } = turn.machine
  const members = host.groups.get(group)?.devices ?? [device.address]
  const bound = members.some((address) => {
    const member = deviceAt(turn, address)
    return member !== undefined && isVfioBound(turn, member)
  })
  return bound ? missingGroupApi(turn) : { kind: 'not-vfio', address: device.address, group }
}

/**
 * A kernel without CONFIG_VFIO_GROUP: it has cdevs and no group files. A tree that shows neither was read before vfio
 * was loaded and tells nothing; every other kernel has them.
 */
export function missingGroupApi({ machine }: Turn): StepReason | null {
  const { groupApi, cdev } = machine.interfaces
  const without = groupApi.known && !groupApi.value
  return without && cdev.known && cdev.value ? { kind: 'no-group-api' } : null
}
