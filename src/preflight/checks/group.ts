import { isKnownAs, isYes, valueOrNull } from '../../host/gap.js'
import { groupMembers, groupNumber } from '../../iommu/groups.js'
import { isVfioBound } from '../../vfio/driver.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, pass, warn } from './check.js'

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
  const taken = takenAlong(asked, group)
  return taken.length === 0 ? pass() : warn(taken)
}

/** Members that are bound to a driver of the host until whoever starts the VM binds them to vfio-pci too. */
function takenAlong({ situation, vm }: Asked, group: number): readonly PreflightReason[] {
  return groupMembers(situation.host, group).flatMap((address): readonly PreflightReason[] => {
    const raw = vm.taken.has(address) ? situation.byAddress.get(address) : undefined
    if (raw === undefined || isKnownAs(raw.driver, null)) return []
    if (isYes(isVfioBound(raw, situation.raw.system))) return []
    return [{ kind: 'taken-along', address, group, driver: valueOrNull(raw.driver) }]
  })
}
