import type { PciDevice } from '../../pci/device.js'
import { walkOrder } from '../../vfio/walk-order.js'
import { everyGroupFile } from '../needs.js'
import { groupOpeningRefusals, passedGroupRefusals } from '../opening.js'
import { byGroupFile, notOwned, ownershipRefusals, probeRefusals } from '../ownership.js'
import type { Policy } from '../policy.js'
import { possibleRefusal, type Refusal, refusal } from '../reason.js'
import type { ResetCase } from '../reset-case.js'

/**
 * The rule of every kernel for group-opened devices (`vfio_pci_ioctl_pci_hot_reset_groups`; before 6.6
 * `vfio_pci_ioctl_pci_hot_reset`; before 5.15 the walk of `vfio_pci_validate_devs`).
 */
export const groupFds: Policy = {
  id: 'group-fds',
  title: 'group files',
  rule: 'Every function of the dev_set, open or not, must be in an IOMMU group whose file the caller passes.',
  origin: {
    subject: 'vfio-pci: PCI hot reset interface',
    date: '2013-09-04',
    by: 'Alex Williamson',
  },
  implementedSince: '3.12',
  judge: (c) => [
    ...groupOpeningRefusals(c),
    ...probeRefusals(c),
    ...(c.host.kernel.bareGroupFd ? [] : fdTestRefusals(c)),
    ...(c.host.kernel.devSets ? [] : walkRefusals(c)),
    ...c.membership,
    ...(c.host.kernel.devSets ? ownershipRefusals(c, (device) => byGroupFile(c, device)) : []),
  ],
  needs: everyGroupFile,
}

/** Before 5.19 the fd test went through the legacy external-user path, which refuses noiommu groups (EPERM). */
function fdTestRefusals(c: ResetCase): readonly Refusal[] {
  const group = c.targetGroup
  if (!group.known || group.value.kind === 'none') return []
  return group.value.fake
    ? [refusal('hot-reset', 'EPERM', { kind: 'noiommu', address: c.target.address })]
    : passedGroupRefusals(c)
}

/**
 * 5.8 to 5.14: each function of the walk needs a group (EPERM) that was passed (EINVAL), bound or not
 * (`vfio_pci_validate_devs`).
 */
function walkRefusals(c: ResetCase): readonly Refusal[] {
  const walked = walkOrder(c.host.topology, c.target, c.affected)
  return walked.flatMap((device) => walkRefusal(c, device))
}

function walkRefusal(c: ResetCase, device: PciDevice): readonly Refusal[] {
  const { iommuGroup } = device.raw
  if (!iommuGroup.known) {
    return ['EPERM', 'EINVAL'].map((errno) =>
      possibleRefusal('hot-reset', errno, device.address, iommuGroup.gap),
    )
  }
  if (iommuGroup.value === null && device !== c.target) {
    return [refusal('hot-reset', 'EPERM', { kind: 'no-group', address: device.address })]
  }
  const owned = byGroupFile(c, device)
  if (!owned.known) return [possibleRefusal('hot-reset', 'EINVAL', device.address, owned.gap)]
  return owned.value ? [] : [refusal('hot-reset', 'EINVAL', notOwned(c, device))]
}
