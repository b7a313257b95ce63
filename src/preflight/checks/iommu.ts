import { iommuActive } from '../../iommu/groups.js'
import type { Asked } from '../situation.js'
import { type Check, type Finding, fail, missing, pass } from './check.js'

/** Whether an IOMMU stands behind the function, so that it has a group. */
export const iommu = {
  id: 'iommu',
  passes: 'It has an IOMMU group.',
  leavesState: false,
  run,
} as const satisfies Check

function run({ raw, situation }: Asked): Finding {
  const { address, iommuGroup } = raw
  if (!iommuGroup.known) return missing(address, iommuGroup.gap)
  if (iommuGroup.value !== null) return pass()
  const active = iommuActive(situation.raw)
  return fail([
    active.known && !active.value ? { kind: 'no-iommu' } : { kind: 'no-group', address },
  ])
}
