import { iommuActive } from '../../iommu/groups.js'
import { finding, type HostCheck, type HostFinding, PASS, unsettled } from '../host-check.js'
import type { Machine } from '../machine.js'
import { parameterLike } from '../parameters.js'

/** Whether an IOMMU translates for anything. */
export const iommu = {
  id: 'iommu',
  title: 'IOMMU',
  passes: 'An IOMMU is active.',
  source: 'iommu_group_alloc, sys/kernel/iommu_groups',
  run,
} as const satisfies HostCheck

const OFF = /^(?:intel_iommu=off|amd_iommu=off|iommu=off|iommu=0)$/

function run({ host: { raw } }: Machine): HostFinding {
  const active = iommuActive(raw)
  if (!active.known) return unsettled(active.gap)
  if (active.value) return PASS
  return finding('fail', { kind: 'no-iommu', parameter: parameterLike(OFF, raw.system) })
}
