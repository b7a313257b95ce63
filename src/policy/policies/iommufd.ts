import { oneDeviceOfEachGroup } from '../needs.js'
import type { Policy } from '../policy.js'

/** What was merged: `vfio_pci_dev_set_hot_reset` with an iommufd context and a zero-length array (6.6 to 7.3). */
export const iommufd = {
  id: 'iommufd',
  title: 'iommufd context (merged)',
  rule: 'Every function of the dev_set must be bound to the caller’s iommufd context, or share its IOMMU group with one that is.',
  origin: {
    subject: 'Enhance vfio PCI hot reset for vfio cdev device (v10)',
    date: '2023-07-18',
    by: 'Yi Liu',
  },
  implementedSince: '6.6',
  isDefault: true,
  opened: 'cdev',
  passed: 'nothing',
  claims: null,
  over: 'dev-set',
  owned: ({ isRepresented }) => isRepresented,
  reason: 'not-in-context',
  needs: oneDeviceOfEachGroup,
} as const satisfies Policy
