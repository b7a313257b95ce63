import { always } from '../caller.js'
import { targetOnly } from '../needs.js'
import type { Policy } from '../policy.js'

/** The proposal that the project grew from: the bind takes the whole reset group, now and in the future. */
export const resetGroupClaim = {
  id: 'reset-group-claim',
  title: 'reset-group claim',
  rule: 'Binding with the claim takes the whole reset group for the caller’s context: no other context may open any of it, now and in the future.',
  origin: {
    subject: 'Re: [PATCH v3 12/12] vfio/pci: Report dev_id in VFIO_DEVICE_GET_PCI_HOT_RESET_INFO',
    date: '2023-04-11',
    by: 'Jason Gunthorpe',
  },
  implementedSince: null,
  isDefault: true,
  opened: 'cdev',
  passed: 'nothing',
  claims: () => always,
  over: 'target',
  owned: ({ isClaimed }) => isClaimed,
  reason: 'not-claimed',
  needs: targetOnly,
} as const satisfies Policy
