import type { PciDevice } from '../pci/device.js'
import { walkOrder } from '../vfio/walk-order.js'
import type { Caller } from './caller.js'
import { realGroup, viabilityRefusals } from './opening.js'
import { notOwned } from './ownership.js'
import { possibleRefusal, type Refusal, refusal } from './reason.js'
import type { ResetCase } from './reset-case.js'

/**
 * How releases before 5.19 tested the group files that were passed (`vfio_group_get_external_user`): noiommu groups are
 * refused (EPERM), and every group must be viable (EINVAL). The target's own was asked at GET_DEVICE_FD already.
 */
export function passedFileRefusals(c: ResetCase): readonly Refusal[] {
  const group = c.targetGroup
  // It may be a noiommu group.
  if (!group.known) return [possibleRefusal('hot-reset', 'EPERM', c.target.address, group.gap)]
  if (group.value.kind === 'none') return []
  if (group.value.fake) {
    return [refusal('hot-reset', 'EPERM', { kind: 'noiommu', address: c.target.address })]
  }
  const own = realGroup(group)
  const passed = c.owning.flatMap((device) => {
    const id = c.devSet.members.includes(device) ? realGroup(c.host.groupOf(device)) : null
    return id === null || id === own ? [] : [id]
  })
  return [...new Set(passed)].flatMap((id) => viabilityRefusals(c, id, 'hot-reset', 'EINVAL'))
}

/**
 * 5.8 to 5.14: each function of the walk needs a group (EPERM) that was passed (EINVAL), bound or not
 * (`vfio_pci_validate_devs`).
 */
export function walkRefusals(c: ResetCase, caller: Caller): readonly Refusal[] {
  const walked = walkOrder(c.host.topology, c.target, c.affected)
  return walked.flatMap((device) => walkRefusal(c, device, caller))
}

function walkRefusal(c: ResetCase, device: PciDevice, caller: Caller): readonly Refusal[] {
  const { iommuGroup } = device.raw
  if (!iommuGroup.known) {
    return ['EPERM', 'EINVAL'].map((errno) =>
      possibleRefusal('hot-reset', errno, device.address, iommuGroup.gap),
    )
  }
  if (iommuGroup.value === null && device !== c.target) {
    return [refusal('hot-reset', 'EPERM', { kind: 'no-group', address: device.address })]
  }
  const owned = caller.isInPassedGroup(device)
  if (!owned.known) return [possibleRefusal('hot-reset', 'EINVAL', device.address, owned.gap)]
  return owned.value ? [] : [refusal('hot-reset', 'EINVAL', notOwned(c, device))]
}
