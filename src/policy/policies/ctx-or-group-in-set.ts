import { oneDeviceOfEachGroup } from '../needs.js'
import type { Policy } from '../policy.js'

/** v4: the merged rule but for one thing, which v5 changed because a group can span several dev_sets. */
export const ctxOrGroupInSet = {
  id: 'ctx-or-group-in-set',
  title: 'context, or group within the set',
  rule: 'Every function of the dev_set must be bound to the caller’s context, or share its group with a member of the same set that is.',
  origin: {
    subject:
      '[PATCH v4 9/9] vfio/pci: Allow passing zero-length fd array in VFIO_DEVICE_PCI_HOT_RESET',
    date: '2023-04-26',
    by: 'Yi Liu',
  },
  implementedSince: null,
  isDefault: false,
  opened: 'cdev',
  passed: 'nothing',
  claims: null,
  over: 'dev-set',
  owned: ({ isRepresentedInSet }) => isRepresentedInSet,
  reason: 'not-in-context',
  needs: oneDeviceOfEachGroup,
} as const satisfies Policy
