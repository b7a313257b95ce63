import type { Gap } from '../../host/gap.js'
import type { PciDevice } from '../../pci/device.js'
import { deviceAt, groupFact, isVfio } from '../host-facts.js'
import type { Turn } from '../machine.js'
import type { StepReason } from '../reason.js'

/** Why there is no `/dev/iommu`; null: there is one. */
export function missingIommufd(turn: Turn): StepReason | null {
  const { host, doors, policy, rules } = turn.machine
  if (policy.impliesCdev) return null
  if (!rules.iommufd) return { kind: 'no-iommufd' }
  if (doors.cdev.known && doors.cdev.value) return null
  const { devIommu } = host.topology.raw.system
  if (devIommu === true) return null
  if (devIommu === false) return { kind: 'no-iommufd' }
  return hasIommufd(turn, NOT_CAPTURED) ? null : { kind: 'no-iommufd' }
}

/** Why a function has no cdev to open; null: it has one (`docs/reference/policies.md#no-iommu-functions`). */
export function missingCdev(turn: Turn, device: PciDevice): StepReason | null {
  const { address } = device
  if (!isVfio(turn, device)) return { kind: 'not-vfio', address, group: null }
  const { doors, policy, host } = turn.machine
  if (policy.impliesCdev) return null
  if (!host.kernel.cdev) return { kind: 'no-cdev' }
  const cdev = doors.cdev.known ? doors.cdev.value : hasIommufd(turn, doors.cdev.gap)
  if (!cdev) return { kind: 'no-cdev' }
  const group = groupFact(turn, device)
  if (group.kind !== 'group' || !group.fake) return null
  return hasNoiommuCdev(turn) ? null : { kind: 'noiommu', address, lacks: 'cdev' }
}

/** Why there is no file for a group: null: there is one. It appears with the first member on a vfio driver. */
export function missingGroupFile(turn: Turn, device: PciDevice, group: number): StepReason | null {
  const { host } = turn.machine
  const members = host.groups.get(group)?.devices ?? [device.address]
  const bound = members.some((address) => {
    const member = deviceAt(turn, address)
    return member !== undefined && isVfio(turn, member)
  })
  return bound ? missingGroupApi(turn) : { kind: 'not-vfio', address: device.address, group }
}

/**
 * A kernel without CONFIG_VFIO_GROUP: it has cdevs and no group files. A tree that shows neither was read before vfio was
 * loaded and tells nothing; every other kernel has them.
 */
export function missingGroupApi({ machine: { doors } }: Turn): StepReason | null {
  const without = doors.groupApi.known && !doors.groupApi.value
  return without && doors.cdev.known && doors.cdev.value ? { kind: 'no-group-api' } : null
}

/** Before 7.3 noiommu functions have no cdev; later only with CONFIG_IOMMUFD_NOIOMMU, whose sign is such a node. */
function hasNoiommuCdev({ machine: { host, doors }, facts }: Turn): boolean {
  if (!host.kernel.noiommuCdev) return false
  if (doors.noiommuCdevSeen) return true
  const gap: Gap = {
    path: 'dev/vfio/devices',
    why: 'unmodelled',
    detail: 'no noiommu-vfioN node shows whether this kernel has CONFIG_IOMMUFD_NOIOMMU',
  }
  return facts.choose('noiommu functions have cdevs', ['no', 'yes'], gap) === 'yes'
}

/**
 * iommufd and cdevs are switched on together as far as a tree without `dev/` tells
 * (`docs/reference/documents.md#interfaces-of-the-host`).
 */
function hasIommufd({ facts }: Turn, gap: Gap): boolean {
  return facts.choose('this kernel has iommufd', ['no', 'yes'], gap) === 'yes'
}

const NOT_CAPTURED: Gap = {
  path: 'dev/iommu',
  why: 'not-captured',
  detail: 'whether this kernel has iommufd is not recorded',
}
