import { anyOf } from '../caller.js'
import { targetOnly } from '../needs.js'
import type { Policy } from '../policy.js'

/** Device fds as proof, each for its own device; with the escapes of the same postings. */
export const deviceFds = {
  id: 'device-fds',
  title: 'device fds',
  rule: 'Every opened function of the dev_set must have its own device fd passed; unopened ones and a set of one need no proof.',
  origin: {
    subject: 'Introduce new methods for verifying ownership in vfio PCI hot reset (v3)',
    date: '2023-04-01',
    by: 'Yi Liu',
  },
  implementedSince: null,
  isDefault: false,
  opened: 'either',
  passed: 'any-files',
  claims: null,
  over: 'dev-set',
  owned: ({ isAlone, isUnopened, isPassed, isInPassedGroup }) =>
    anyOf(isAlone, isUnopened, isPassed, isInPassedGroup),
  reason: 'device-not-passed',
  needs: targetOnly,
} as const satisfies Policy
