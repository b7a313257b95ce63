import { type Gap, isYes } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { RawHolder } from '../../host/raw-host.js'
import { groupMembers, groupNumber } from '../../iommu/groups.js'
import { isVfioBound } from '../../vfio/driver.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked, Situation } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, missing, pass } from './check.js'

/** Whether anybody has the function or its group already: a group file opens once, and DMA has one owner. */
export const holders = {
  id: 'holders',
  passes: 'Nobody else has it open.',
  leavesState: false,
  run,
} as const satisfies Check

function run(asked: Asked): Finding {
  const { device, situation } = asked
  const members = vfioMembers(asked)
  // What nobody has on vfio, nobody can hold through it.
  if (members.length === 0) return pass()
  const group = groupNumber(device)
  const { holding } = situation.host
  const held = [
    ...(group === null ? [] : (holding.groups.get(group) ?? [])).map((each) =>
      heldReason(device.address, each),
    ),
    ...members.flatMap((address) =>
      (holding.devices.get(address) ?? []).map((each) => heldReason(address, each)),
    ),
  ]
  if (held.length > 0) return fail(held)
  const gap = holdersGap(situation)
  const open = members.flatMap((address) => openUnseen(address, situation))
  if (open.length > 0) {
    return cannotTell(gap === null ? open : [...open, unreadReason(null, gap)])
  }
  return gap === null ? pass() : missing(null, gap)
}

/** The function and those of its group that are on vfio now, on the host as it is. */
function vfioMembers({ device, situation }: Asked): readonly PciAddress[] {
  const devices = groupMembers(situation.host, groupNumber(device))
  return [...new Set([device.address, ...devices])].filter((address) => {
    const raw = situation.byAddress.get(address)
    return (
      raw !== undefined &&
      !situation.fresh.has(address) &&
      isYes(isVfioBound(raw, situation.raw.system))
    )
  })
}

function heldReason(address: PciAddress, { pid, command, target }: RawHolder): PreflightReason {
  return { kind: 'held', address, pid, command, file: target }
}

/** Why not every holder was seen; null: all were. */
function holdersGap({ raw }: Situation): Gap | null {
  const found = raw.gaps.find(({ path }) => path === 'proc' || path === 'proc/*/fd')
  if (found !== undefined) return found
  if (raw.system.devVfioContainer !== null || raw.holders.length > 0) return null
  return { path: 'proc/*/fd', why: 'not-captured', detail: 'nobody looked for holders' }
}

/** `enable` counts the opens of a function that is on vfio. */
function openUnseen(address: PciAddress, situation: Situation): readonly PreflightReason[] {
  const enabled = situation.byAddress.get(address)?.enabled
  if (enabled?.known !== true || enabled.value === null || enabled.value === 0) return []
  return [{ kind: 'open-unseen', address, count: enabled.value }]
}
