import { anyOf } from '../caller.js'
import { targetOnly } from '../needs.js'
import type { Policy } from '../policy.js'

/** The zero-length array of the first three postings: unopened devices are nobody's. */
export const ctxOrUnopened = {
  id: 'ctx-or-unopened',
  title: 'context, or unopened',
  rule: 'Every function of the dev_set must be bound to the caller’s context or be unopened; a set of one needs no proof.',
  origin: {
    subject: 'Introduce new methods for verifying ownership in vfio PCI hot reset (v3)',
    date: '2023-04-01',
    by: 'Yi Liu',
  },
  implementedSince: null,
  isDefault: false,
  opened: 'cdev',
  passed: 'nothing',
  claims: null,
  over: 'dev-set',
  owned: ({ isAlone, isUnopened, isBound }) => anyOf(isAlone, isUnopened, isBound),
  reason: 'not-in-context',
  needs: targetOnly,
} as const satisfies Policy
