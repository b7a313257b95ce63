import { groupNumber } from '../../iommu/groups.js'
import { unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, pass } from './check.js'

/** Whether the group could be opened: members on drivers of the host keep it closed (`groupViability`). */
export const group = {
  id: 'group',
  title: 'group viable',
  passes: 'No member of the group is bound to a native driver.',
  leavesState: false,
  run,
} as const satisfies Check

function run(asked: Asked): Finding | null {
  const group = groupNumber(asked.device)
  if (group === null) return null
  const { culprits, hidden } = asked.situation.host.viabilityOf(group)
  if (culprits.length > 0) {
    return fail(culprits.map((each) => ({ kind: 'group-not-viable', group, ...each })))
  }
  if (hidden.length > 0) return cannotTell(hidden.map(({ gap }) => unreadReason(null, gap)))
  return pass()
}
