import { valueOrNull } from '../../host/gap.js'
import { isVfioBound } from '../../vfio/driver.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, pass, warn } from './check.js'

/** Whether the function is bound to a vfio driver, or will be when the VM starts. */
export const driver = {
  id: 'driver',
  passes: 'It is bound to a vfio driver, or will be.',
  leavesState: false,
  run,
} as const satisfies Check

function run({ raw, wanted, situation }: Asked): Finding {
  const { address, driver } = raw
  const bound = isVfioBound(raw, situation.raw.system)
  const current = valueOrNull(driver)
  if (bound.known && bound.value) return pass([{ kind: 'bound', address, driver: current }])
  if (wanted.managed) {
    const reason: PreflightReason = { kind: 'bound-at-start', address, driver: current }
    if (raw.virtfns.length === 0) return pass([reason])
    return warn([reason, { kind: 'vfs-lost', address, vfs: raw.virtfns }])
  }
  if (!bound.known) return cannotTell([unreadReason(address, bound.gap)])
  if (wanted.managed === null) {
    return cannotTell([{ kind: 'binding-unseen', address, driver: current }])
  }
  return fail([{ kind: 'not-on-vfio', address, driver: current }])
}
