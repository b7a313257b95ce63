import { claimRefusals, incompleteClaimRefusals, strictClaimRefusals } from '../claim.js'
import { oneDeviceOfEachGroup } from '../needs.js'
import { cdevOpeningRefusals } from '../opening.js'
import type { Policy } from '../policy.js'

/** The same day's amendment: a claim only for who already has every group. */
export const resetGroupClaimStrict: Policy = {
  id: 'reset-group-claim-strict',
  title: 'reset-group claim, all groups held',
  rule: 'As the reset-group claim, but accepted only if every IOMMU group of the reset group is represented in the caller’s context.',
  origin: {
    subject: 'Re: [PATCH v3 12/12] vfio/pci: Report dev_id in VFIO_DEVICE_GET_PCI_HOT_RESET_INFO',
    date: '2023-04-11',
    by: 'Jason Gunthorpe',
  },
  implementedSince: null,
  judge: (c) => [
    ...cdevOpeningRefusals(c),
    ...claimRefusals(c),
    ...strictClaimRefusals(c),
    ...incompleteClaimRefusals(c),
  ],
  needs: (c) => oneDeviceOfEachGroup(c),
}
