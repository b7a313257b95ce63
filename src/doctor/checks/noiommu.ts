import { isNo } from '../../host/gap.js'
import { finding, type HostCheck, type HostFinding, PASS, unsettled } from '../host-check.js'
import type { Machine } from '../machine.js'

/** Whether functions without an IOMMU can be opened, which then reach all memory. */
export const noiommu = {
  id: 'noiommu',
  title: 'no-IOMMU mode',
  passes: 'Unsafe no-IOMMU mode is off.',
  source: 'enable_unsafe_noiommu_mode (drivers/vfio)',
  run,
} as const satisfies HostCheck

function run({ host: { raw }, readiness: { vfioLoaded } }: Machine): HostFinding | null {
  if (isNo(vfioLoaded)) return null
  const { unsafeNoiommu } = raw.system
  if (!unsafeNoiommu.known) return unsettled(unsafeNoiommu.gap)
  return unsafeNoiommu.value ? finding('warn', { kind: 'noiommu-on' }) : PASS
}
