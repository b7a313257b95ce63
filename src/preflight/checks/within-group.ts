import { groupMembers, groupNumber } from '../../iommu/groups.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, pass } from './check.js'

/** Whether the reset stays inside the function's group: what a VMM without privilege may ask for. Only if it was asked. */
export const withinGroup = {
  id: 'within-group',
  passes: 'The reset stays inside the group.',
  leavesState: true,
  run,
} as const satisfies Check

function run(asked: Asked): Finding | null {
  const { situation, device } = asked
  if (!situation.withinGroup) return null
  const { scopes } = situation.host
  const members = new Set([device.address, ...groupMembers(situation.host, groupNumber(device))])
  const outside = scopes
    .worldsOf(device)
    .worlds.map((world) =>
      (scopes.answer(device, world).scope?.affected ?? []).filter(
        ({ address }) => !members.has(address),
      ),
    )
  const [first = []] = outside
  if (outside.every((each) => each.length === 0)) return pass()
  const reasons = (first.length > 0 ? first : outside.flat()).map(
    (other): PreflightReason => ({
      kind: 'outside-group',
      address: other.address,
      group: groupNumber(other),
    }),
  )
  if (outside.every((each) => each.length > 0)) return fail(reasons)
  const { gaps } = scopes.worldsOf(device)
  return cannotTell([...gaps.map((gap) => unreadReason(null, gap)), ...reasons])
}
