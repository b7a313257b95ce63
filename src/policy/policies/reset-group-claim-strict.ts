import { oneDeviceOfEachGroup } from '../needs.js'
import type { Policy } from '../policy.js'

/** The same day's amendment: a claim only for who already has every group. */
export const resetGroupClaimStrict = {
  id: 'reset-group-claim-strict',
  title: 'reset-group claim, all groups held',
  rule: 'As the reset-group claim, but accepted only if every IOMMU group of the reset group is represented in the caller’s context.',
  origin: {
    subject: 'Re: [PATCH v3 12/12] vfio/pci: Report dev_id in VFIO_DEVICE_GET_PCI_HOT_RESET_INFO',
    date: '2023-04-11',
    by: 'Jason Gunthorpe',
  },
  implementedSince: null,
  isDefault: true,
  opened: 'cdev',
  passed: 'nothing',
  claims: ({ isRepresented }) => isRepresented,
  over: 'target',
  owned: ({ isClaimed }) => isClaimed,
  reason: 'not-claimed',
  needs: oneDeviceOfEachGroup,
} as const satisfies Policy
