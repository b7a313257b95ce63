import { oneDeviceOfEachGroup } from '../needs.js'
import type { Policy } from '../policy.js'

/**
 * Alex Williamson's reading of what a claim would amount to: ownership grows to every group that the reset affects,
 * whole (`docs/reference/policies.md#closure`).
 */
export const closure = {
  id: 'closure',
  title: 'closure over groups',
  rule: 'Every vfio function in every group that the reset affects must have its group represented in the caller’s context.',
  origin: {
    subject: 'Re: [PATCH v3 12/12] vfio/pci: Report dev_id in VFIO_DEVICE_GET_PCI_HOT_RESET_INFO',
    date: '2023-04-11',
    by: 'Alex Williamson',
  },
  implementedSince: null,
  isDefault: true,
  opened: 'cdev',
  passed: 'nothing',
  claims: null,
  over: 'groups',
  owned: ({ isRepresented }) => isRepresented,
  reason: 'not-in-context',
  needs: oneDeviceOfEachGroup,
} as const satisfies Policy
