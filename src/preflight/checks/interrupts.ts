import { isKnownAs } from '../../host/gap.js'
import { unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, missing, pass, warn } from './check.js'

/**
 * Whether the function can forge no interrupts: attaching its group is EPERM otherwise, unless an administrator allowed it
 * (`vfio_iommu_type1_attach_group`, `iommufd_device_bind`).
 */
export const interrupts = {
  id: 'interrupts',
  passes: 'Interrupts are isolated.',
  leavesState: false,
  run,
} as const satisfies Check

function run({ via, situation }: Asked): Finding {
  const { interrupts, unsafeInterrupts } = situation.raw.system
  const allowed = unsafeInterrupts[via]
  const parameter = offParameter(situation)
  if (parameter === null && isKnownAs(interrupts, 'remapped')) return pass()
  if (allowed.known && allowed.value) return warn([{ kind: 'unsafe-interrupts-allowed' }])
  if (parameter === null && !interrupts.known) return missing(null, interrupts.gap)
  const reason = { kind: 'interrupts-not-isolated', parameter } as const
  return allowed.known ? fail([reason]) : cannotTell([reason, unreadReason(null, allowed.gap)])
}

const REMAPPING_OFF = /^(?:intremap=off|nointremap)$/

/** The kernel parameter that switches interrupt remapping off; null: none is given, or the line was not read. */
function offParameter({ raw: { system } }: Asked['situation']): string | null {
  if (!system.commandLine.known) return null
  return system.commandLine.value.split(/\s+/).find((word) => REMAPPING_OFF.test(word)) ?? null
}
