import { anyOf } from '../caller.js'
import { targetOnly } from '../needs.js'
import type { Policy } from '../policy.js'

/**
 * Jason Gunthorpe's fifth requirement: only devices that somebody uses count. The one policy that relaxes completeness:
 * closed vfio functions and functions without a driver are ignored; native drivers still block.
 */
export const openedOnlyCore = {
  id: 'opened-only-core',
  title: 'opened functions only',
  rule: 'Every affected function that is opened must be the caller’s; closed ones and those without a driver are ignored.',
  origin: {
    subject: 'Re: [PATCH v3 12/12] vfio/pci: Report dev_id in VFIO_DEVICE_GET_PCI_HOT_RESET_INFO',
    date: '2023-04-12',
    by: 'Jason Gunthorpe',
  },
  implementedSince: null,
  isDefault: false,
  opened: 'cdev',
  passed: 'nothing',
  claims: null,
  over: 'affected',
  owned: ({ isUnopened, isRepresented }) => anyOf(isUnopened, isRepresented),
  reason: 'not-in-context',
  needs: targetOnly,
} as const satisfies Policy
