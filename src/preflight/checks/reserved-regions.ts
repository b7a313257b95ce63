import { groupNumber } from '../../iommu/groups.js'
import type { Asked } from '../situation.js'
import { type Check, type Finding, fail, missing, pass } from './check.js'

/**
 * Regions that firmware wants mapped one to one (RMRR, IVMD, RMR): such a group is refused to VFIO
 * (`device_rmrr_is_relaxable`, `__iommu_device_set_domain`). `direct-relaxable` is fine.
 */
export const reservedRegions = {
  id: 'reserved-regions',
  passes: 'Firmware requires no memory mapped 1:1.',
  leavesState: false,
  run,
} as const satisfies Check

function run({ device, situation }: Asked): Finding | null {
  const group = groupNumber(device)
  if (group === null) return null
  const regions = situation.facts.reservedRegions.get(group)
  if (regions === undefined || !regions.known) {
    const path = `sys/kernel/iommu_groups/${group}/reserved_regions`
    return missing(null, regions?.gap ?? { path, why: 'not-captured', detail: 'not read' })
  }
  const direct = regions.value.filter(({ type }) => type === 'direct')
  if (direct.length === 0) return pass()
  return fail(direct.map(({ start, end }) => ({ kind: 'direct-region', group, start, end })))
}
