import { oneDeviceOfEachGroup } from '../needs.js'
import { cdevOpeningRefusals, cdevPresenceRefusals } from '../opening.js'
import { ownershipRefusals, possibleRefusals } from '../ownership.js'
import type { Policy } from '../policy.js'
import { isRepresented } from '../reset-case.js'

/** What was merged: `vfio_pci_dev_set_hot_reset` with an iommufd context and a zero-length array (6.6 to 7.3). */
export const iommufd: Policy = {
  id: 'iommufd',
  title: 'iommufd context (merged)',
  rule: 'Every function of the dev_set must be bound to the caller’s iommufd context, or share its IOMMU group with one that is.',
  origin: {
    subject: 'Enhance vfio PCI hot reset for vfio cdev device (v10)',
    date: '2023-07-18',
    by: 'Yi Liu',
  },
  implementedSince: '6.6',
  judge: (c) => [
    ...cdevPresenceRefusals(c),
    ...cdevOpeningRefusals(c),
    ...possibleRefusals(c),
    ...ownershipRefusals(c, (device) => isRepresented(c, device)),
  ],
  needs: (c) => oneDeviceOfEachGroup(c),
}
