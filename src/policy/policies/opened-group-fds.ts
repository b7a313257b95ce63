import { anyOf } from '../caller.js'
import { ownGroupFile } from '../needs.js'
import type { Policy } from '../policy.js'

/** Patch 2 of the first three postings. Its answer changes the moment somebody opens a sibling. */
export const openedGroupFds = {
  id: 'opened-group-fds',
  title: 'group files of opened devices',
  rule: 'Only functions of the dev_set that somebody has open must be in a group whose file is passed.',
  origin: {
    subject: '[PATCH v3 02/12] vfio/pci: Only check ownership of opened devices in hot reset',
    date: '2023-04-01',
    by: 'Yi Liu',
  },
  implementedSince: null,
  isDefault: false,
  opened: 'group',
  passed: 'group-files',
  claims: null,
  over: 'dev-set',
  owned: ({ isUnopened, isInPassedGroup }) => anyOf(isUnopened, isInPassedGroup),
  reason: 'group-not-owned',
  needs: ownGroupFile,
} as const satisfies Policy
