import { unreadReason } from '../reason.js'
import { type Asked, isVfioLoaded } from '../situation.js'
import { groupNumber } from './check-group.js'
import { cannotTell, type Finding, fail, missing, pass, warn } from './finding.js'

/** Whether the kernel has the door through which the VM is to get its functions. */
export function checkInterface({ device, vm, situation }: Asked): Finding {
  const { interfaces, raw, kernel } = situation
  if (vm.way === 'iommufd' && !kernel.cdev) return fail([{ kind: 'no-cdev' }])
  const door = vm.way === 'group' ? interfaces.groupApi : interfaces.cdev
  if (!door.known) return missing(device.address, door.gap)
  if (door.value) return pass()
  if (!isVfioLoaded(raw)) return cannotTell([{ kind: 'vfio-not-loaded' }])
  return fail([{ kind: vm.way === 'group' ? 'no-group-api' : 'no-cdev' }])
}

/**
 * Regions that firmware wants mapped one to one (RMRR, IVMD, RMR): such a group is refused to VFIO (`pci-acs.md` 6;
 * `device_rmrr_is_relaxable`, `__iommu_device_set_domain`). `direct-relaxable` is fine.
 */
export function checkReservedRegions({ device, situation }: Asked): Finding | null {
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

const REMAPPING_OFF = /^(?:intremap=off|nointremap)$/

/**
 * Whether the function can forge no interrupts: attaching its group is EPERM otherwise, unless an administrator allowed it
 * (`vfio_iommu_type1_attach_group`, `iommufd_device_bind`).
 */
export function checkInterrupts({ vm, situation }: Asked): Finding {
  const { interrupts, unsafeInterrupts } = situation.facts
  const allowed = unsafeInterrupts[vm.way]
  const parameter = offParameter(situation)
  if (parameter === null && interrupts.known && interrupts.value === 'remapped') return pass()
  if (allowed.known && allowed.value) return warn([{ kind: 'unsafe-interrupts-allowed' }])
  if (parameter === null && !interrupts.known) return missing(null, interrupts.gap)
  const reason = { kind: 'interrupts-not-isolated', parameter } as const
  return allowed.known ? fail([reason]) : cannotTell([reason, unreadReason(null, allowed.gap)])
}

/** The kernel parameter that switches interrupt remapping off; null: none is given, or the line was not read. */
function offParameter({ raw: { system } }: Asked['situation']): string | null {
  if (!system.commandLine.known) return null
  return system.commandLine.value.split(/\s+/).find((word) => REMAPPING_OFF.test(word)) ?? null
}
