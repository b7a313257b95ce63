import { targetOnly } from '../needs.js'
import { cdevOpeningRefusals } from '../opening.js'
import { possibleRefusals } from '../ownership.js'
import type { Policy } from '../policy.js'
import { type Refusal, refusal } from '../reason.js'
import { isSingleton, type ResetCase } from '../reset-case.js'

/** A part of the first three postings, meant for noiommu devices that no context could vouch for. */
export const singleton: Policy = {
  id: 'singleton',
  title: 'set of one',
  rule: 'A hot reset is permitted without proof if the dev_set holds the target alone, and never otherwise.',
  origin: {
    subject: 'Introduce new methods for verifying ownership in vfio PCI hot reset (v3)',
    date: '2023-04-01',
    by: 'Yi Liu',
  },
  implementedSince: null,
  judge: (c) => [...cdevOpeningRefusals(c), ...possibleRefusals(c), ...companyRefusals(c)],
  needs: (c) => (c.affected.length > 1 ? null : targetOnly(c)),
}

function companyRefusals(c: ResetCase): readonly Refusal[] {
  if (c.answer.scope === null || isSingleton(c)) return []
  const members = [...c.devSet.members, ...c.devSet.uncertain.map(({ device }) => device)]
  return members.flatMap(({ address }) =>
    address === c.target.address
      ? []
      : [refusal('hot-reset', 'EINVAL', { kind: 'not-singleton', address })],
  )
}
