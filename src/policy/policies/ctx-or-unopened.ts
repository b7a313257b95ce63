import { targetOnly } from '../needs.js'
import { cdevOpeningRefusals } from '../opening.js'
import { inContextOrUnopened, ownershipRefusals, possibleRefusals } from '../ownership.js'
import type { Policy } from '../policy.js'

/** The zero-length array of the first three postings: unopened devices are nobody's. */
export const ctxOrUnopened: Policy = {
  id: 'ctx-or-unopened',
  title: 'context, or unopened',
  rule: 'Every function of the dev_set must be bound to the caller’s context or be unopened; a set of one needs no proof.',
  origin: {
    subject: 'Introduce new methods for verifying ownership in vfio PCI hot reset (v3)',
    date: '2023-04-01',
    by: 'Yi Liu',
  },
  implementedSince: null,
  judge: (c) => [
    ...cdevOpeningRefusals(c),
    ...possibleRefusals(c),
    ...ownershipRefusals(c, (device) => inContextOrUnopened(c, device)),
  ],
  needs: targetOnly,
}
