import type { Asked } from '../situation.js'
import type { Check, Finding } from './check.js'
import { hotReset, refusalFinding, virtualFunction } from './hot-reset.js'

/** Whether the VM owns all that its hot reset affects, by its policy (`vfio_pci_dev_set_hot_reset`). */
export const resetOwnership = {
  id: 'reset-ownership',
  passes: 'The VM owns all that a hot reset affects.',
  leavesState: true,
  run,
} as const satisfies Check

function run(asked: Asked): Finding | null {
  if (virtualFunction(asked) !== null) return null
  const { ownership } = hotReset(asked)
  return refusalFinding(asked, ownership)
}
