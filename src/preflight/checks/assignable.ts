import { isYes } from '../../host/gap.js'
import { deniedBind } from '../../vfio/denylist.js'
import { isVfioBound } from '../../vfio/driver.js'
import { unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, missing, pass } from './check.js'

/** Whether vfio-pci binds to such a function: not to bridges (`vfio_pci_core_register_device`), nor to what its denylist names (`vfio_pci_dev_in_denylist`). */
export const assignable = {
  id: 'assignable',
  passes: 'vfio-pci binds to such a function.',
  leavesState: false,
  run,
} as const satisfies Check

function run({ device: { address, header }, raw, situation }: Asked): Finding {
  if (!header.known) {
    // What a vfio driver has taken is no bridge, also while it sleeps and its header is not read.
    return isYes(isVfioBound(raw, situation.raw.system)) ? pass() : missing(address, header.gap)
  }
  if (header.value !== 'normal') {
    return fail([{ kind: 'not-an-endpoint', address, header: header.value }])
  }
  const { kernel, raw: host } = situation
  const denied = deniedBind({ raw }, { kernel, system: host.system })
  if (denied === null) return pass()
  const reason = { kind: 'denied', address, what: denied.what } as const
  return denied.unless === null
    ? fail([reason])
    : cannotTell([unreadReason(address, denied.unless), reason])
}
