import { isYes } from '../../host/gap.js'
import { isVfioBound } from '../../vfio/driver.js'
import type { Asked } from '../situation.js'
import { type Check, type Finding, fail, missing, pass } from './check.js'

/** Whether vfio-pci binds to such a function: it does not bind to bridges (`vfio_pci_core_register_device`). */
export const assignable = {
  id: 'assignable',
  title: 'assignable',
  passes: 'vfio-pci binds to such a function.',
  leavesState: false,
  run,
} as const satisfies Check

function run({ device: { address, header }, raw, situation }: Asked): Finding {
  if (!header.known) {
    // What a vfio driver has taken is no bridge, also while it sleeps and its header is not read.
    return isYes(isVfioBound(raw, situation.raw.system)) ? pass() : missing(address, header.gap)
  }
  if (header.value === 'normal') return pass()
  return fail([{ kind: 'not-an-endpoint', address, header: header.value }])
}
