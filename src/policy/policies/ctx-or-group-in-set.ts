import { oneDeviceOfEachGroup } from '../needs.js'
import { cdevOpeningRefusals } from '../opening.js'
import { ownershipRefusals, possibleRefusals } from '../ownership.js'
import type { Policy } from '../policy.js'
import { isRepresentedInSet } from '../reset-case.js'

/** v4: the merged rule but for one thing, which v5 changed because a group can span several dev_sets. */
export const ctxOrGroupInSet: Policy = {
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
  judge: (c) => [
    ...cdevOpeningRefusals(c),
    ...possibleRefusals(c),
    ...ownershipRefusals(c, (device) => isRepresentedInSet(c, device)),
  ],
  needs: (c) => oneDeviceOfEachGroup(c),
}
