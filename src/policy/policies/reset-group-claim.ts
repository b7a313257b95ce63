import { claimRefusals, incompleteClaimRefusals } from '../claim.js'
import { targetOnly } from '../needs.js'
import { cdevOpeningRefusals } from '../opening.js'
import type { Policy } from '../policy.js'

/** The proposal that the project grew from: the bind takes the whole reset group, now and in the future. */
export const resetGroupClaim: Policy = {
  id: 'reset-group-claim',
  title: 'reset-group claim',
  rule: 'Binding with the claim takes the whole reset group for the caller’s context: no other context may open any of it, now and in the future.',
  origin: {
    subject: 'Re: [PATCH v3 12/12] vfio/pci: Report dev_id in VFIO_DEVICE_GET_PCI_HOT_RESET_INFO',
    date: '2023-04-11',
    by: 'Jason Gunthorpe',
  },
  implementedSince: null,
  judge: (c) => [...cdevOpeningRefusals(c), ...claimRefusals(c), ...incompleteClaimRefusals(c)],
  needs: targetOnly,
}
