import { isYes } from '../../host/gap.js'
import { iommuActive } from '../../iommu/groups.js'
import { finding, type HostCheck, type HostFinding, PASS, unsettled } from '../host-check.js'
import type { Machine } from '../machine.js'
import { parameterLike } from '../parameters.js'

/** Whether devices can forge no interrupts: attaching a group is EPERM otherwise, unless an administrator allowed it. */
export const interrupts = {
  id: 'interrupts',
  title: 'interrupt remapping',
  passes: 'Interrupts of devices are isolated.',
  source: 'vfio_iommu_type1_attach_group, iommufd_device_bind',
  run,
} as const satisfies HostCheck

const OFF = /^(?:intremap=off|nointremap)$/

function run({ host: { raw } }: Machine): HostFinding | null {
  const active = iommuActive(raw)
  if (active.known && !active.value) return null
  const { interrupts: isolation, unsafeInterrupts } = raw.system
  if (!isolation.known) return unsettled(isolation.gap)
  if (isolation.value === 'remapped') return PASS
  if (isYes(unsafeInterrupts.group) || isYes(unsafeInterrupts.iommufd)) {
    return finding('warn', { kind: 'unsafe-interrupts-allowed' })
  }
  const parameter = parameterLike(OFF, raw.system)
  return finding('fail', { kind: 'interrupts-not-isolated', parameter })
}
