import type { PciDevice } from '../../pci/device.js'
import { oneDeviceOfEachGroup } from '../needs.js'
import { cdevOpeningRefusals } from '../opening.js'
import { notOwned, possibleRefusals } from '../ownership.js'
import type { Policy } from '../policy.js'
import { possibleRefusal, type Refusal, refusal } from '../reason.js'
import { isRepresented, type ResetCase } from '../reset-case.js'

/**
 * Alex Williamson's reading of what a claim would amount to: ownership grows to every group that the reset touches,
 * whole (`docs/reference/policies.md#closure`).
 */
export const closure: Policy = {
  id: 'closure',
  title: 'closure over groups',
  rule: 'Every vfio function in every group that the reset touches must have its group represented in the caller’s context.',
  origin: {
    subject: 'Re: [PATCH v3 12/12] vfio/pci: Report dev_id in VFIO_DEVICE_GET_PCI_HOT_RESET_INFO',
    date: '2023-04-11',
    by: 'Alex Williamson',
  },
  implementedSince: null,
  judge: (c) => [
    ...cdevOpeningRefusals(c),
    ...possibleRefusals(c),
    ...c.host.claimCostOf(c.affected).flatMap((device) => representationRefusals(c, device)),
  ],
  needs: (c) => oneDeviceOfEachGroup(c),
}

function representationRefusals(c: ResetCase, device: PciDevice): readonly Refusal[] {
  const vfio = c.host.sets.isVfio(device)
  if (vfio.known && !vfio.value && device !== c.target) return []
  const represented = isRepresented(c, device)
  if (!represented.known) {
    return [possibleRefusal('hot-reset', 'EINVAL', device.address, represented.gap)]
  }
  if (represented.value) return []
  return vfio.known
    ? [refusal('hot-reset', 'EINVAL', notOwned(c, device))]
    : [possibleRefusal('hot-reset', 'EINVAL', device.address, vfio.gap)]
}
