import { anyOf } from '../caller.js'
import { aloneOnly } from '../needs.js'
import type { Policy } from '../policy.js'

/** A part of the first three postings, meant for noiommu devices that no context could vouch for. */
export const singleton = {
  id: 'singleton',
  title: 'set of one',
  rule: 'A hot reset is permitted without proof if the dev_set holds the target alone, and never otherwise.',
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
  owned: ({ isAlone, isTarget }) => anyOf(isAlone, isTarget),
  reason: 'not-singleton',
  needs: aloneOnly,
} as const satisfies Policy
