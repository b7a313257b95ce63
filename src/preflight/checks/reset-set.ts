import type { Asked } from '../situation.js'
import type { Check, Finding } from './check.js'
import { hotReset, refusalFinding, virtualFunction } from './hot-reset.js'

/** Whether a hot reset exists and affects only functions bound to a vfio driver (`vfio_pci_dev_set_resettable`). */
export const resetSet = {
  id: 'reset-set',
  passes: 'A hot reset affects only functions that are bound to a vfio driver.',
  leavesState: true,
  run,
} as const satisfies Check

function run(asked: Asked): Finding {
  const vf = virtualFunction(asked)
  return vf ?? refusalFinding(asked, hotReset(asked).set)
}
