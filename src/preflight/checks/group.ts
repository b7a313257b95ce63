import { isKnownAs, isYes, valueOrNull } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import { groupMembers, groupNumber } from '../../iommu/groups.js'
import { deniedBind } from '../../vfio/denylist.js'
import { isVfioBound } from '../../vfio/driver.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, pass, warn } from './check.js'

/** Whether the group could be opened: members on drivers of the host keep it closed (`groupViability`). */
export const group = {
  id: 'group',
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
  const denied = deniedAlong(asked, group)
  if (denied.some(({ unless }) => unless === null)) return fail(denied.map(({ reason }) => reason))
  const open = denied.flatMap(({ unless, reason }) =>
    unless === null ? [] : [unreadReason(reason.address, unless), reason],
  )
  if (open.length > 0) return cannotTell(open)
  const taken = takenAlong(asked, group)
  return taken.length === 0 ? pass() : warn(taken)
}

/** Members to which vfio-pci does not bind, where whoever starts the VM binds all of them. */
function deniedAlong({ situation, vm, wanted }: Asked, group: number) {
  if (wanted.along !== 'group') return []
  const { kernel, raw: host } = situation
  return groupMembers(situation.host, group).flatMap((address) => {
    const raw = vm.owned.has(address) ? undefined : situation.byAddress.get(address)
    const denied = raw === undefined ? null : deniedBind({ raw }, { kernel, system: host.system })
    if (denied === null) return []
    const reason = { kind: 'taken-denied', address, group, what: denied.what } as const
    return [{ reason, unless: denied.unless }]
  })
}

/** Members that are bound to a driver of the host until whoever starts the VM binds them to vfio-pci too. */
function takenAlong({ situation, vm }: Asked, group: number): readonly PreflightReason[] {
  return groupMembers(situation.host, group).flatMap((address): readonly PreflightReason[] => {
    const raw = vm.taken.has(address) ? situation.byAddress.get(address) : undefined
    if (raw === undefined || isKnownAs(raw.driver, null)) return []
    if (isYes(isVfioBound(raw, situation.raw.system))) return []
    return [
      {
        kind: 'taken-along',
        address,
        group,
        driver: valueOrNull(raw.driver),
        device: deviceOf(address, vm),
      },
    ]
  })
}

/** `0000:0a:00`, where the VM gets another function of it. */
function deviceOf(address: PciAddress, { owned }: Asked['vm']): string | null {
  const device = address.slice(0, -2)
  return [...owned].some((each) => each.startsWith(`${device}.`)) ? device : null
}
