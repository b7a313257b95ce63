import { targetOnly } from '../needs.js'
import { cdevOpeningRefusals } from '../opening.js'
import { inContextOrUnopened, ownershipRefusals, possibleRefusals } from '../ownership.js'
import type { Policy } from '../policy.js'

/** Device fds as proof, each for its own device; with the escapes of the same postings. */
export const deviceFds: Policy = {
  id: 'device-fds',
  title: 'device fds',
  rule: 'Every opened function of the dev_set must have its own device fd passed; unopened ones and a set of one need no proof.',
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
