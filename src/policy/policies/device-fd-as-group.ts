import { anyOf } from '../caller.js'
import { oneDeviceOfEachGroup } from '../needs.js'
import type { Policy } from '../policy.js'

/** Alex Williamson's answer to device fds: an fd stands for its device's whole group. */
export const deviceFdAsGroup = {
  id: 'device-fd-as-group',
  title: 'device fd stands for its group',
  rule: 'Every function of the dev_set, open or not, must be in the group of a device whose fd is passed.',
  origin: {
    subject: 'Re: [PATCH v3 12/12] vfio/pci: Report dev_id in VFIO_DEVICE_GET_PCI_HOT_RESET_INFO',
    date: '2023-04-11',
    by: 'Alex Williamson',
  },
  implementedSince: null,
  isDefault: false,
  opened: 'either',
  passed: 'any-files',
  claims: null,
  over: 'dev-set',
  owned: ({ isInPassedGroup, isInGroupOfPassed }) => anyOf(isInPassedGroup, isInGroupOfPassed),
  reason: 'group-not-owned',
  needs: oneDeviceOfEachGroup,
} as const satisfies Policy
