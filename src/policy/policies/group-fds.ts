import { everyGroupFile } from '../needs.js'
import type { Policy } from '../policy.js'

/**
 * The rule of every kernel for group-opened devices (`vfio_pci_ioctl_pci_hot_reset_groups`; before 6.6
 * `vfio_pci_ioctl_pci_hot_reset`; before 5.15 the walk of `vfio_pci_validate_devs`).
 */
export const groupFds = {
  id: 'group-fds',
  title: 'group files',
  rule: 'Every function of the dev_set, open or not, must be in an IOMMU group whose file the caller passes.',
  origin: {
    subject: 'vfio-pci: PCI hot reset interface',
    date: '2013-09-04',
    by: 'Alex Williamson',
  },
  implementedSince: '3.12',
  isDefault: true,
  opened: 'group',
  passed: 'group-files',
  claims: null,
  over: 'dev-set',
  owned: ({ isInPassedGroup }) => isInPassedGroup,
  reason: 'group-not-owned',
  needs: everyGroupFile,
} as const satisfies Policy
