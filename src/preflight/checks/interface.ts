import { groupMembers, groupNumber } from '../../iommu/groups.js'
import { otherInterface, type PreflightReason } from '../reason.js'
import { type Asked, isVfioLoaded, openedOtherwise } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, missing, pass } from './check.js'

/** Whether the kernel has the interface through which the VM is to get its functions. */
export const interfaces = {
  id: 'interface',
  passes: 'The kernel has the files through which it is opened.',
  leavesState: false,
  run,
} as const satisfies Check

function run(asked: Asked): Finding {
  const { device, via, situation } = asked
  const { interfaces, raw, kernel } = situation
  const beside = besideInGroup(asked)
  if (beside.length > 0) return fail(beside)
  const isTooOld = kernel.cdev.known && !kernel.cdev.value
  if (via === 'iommufd' && isTooOld) return fail([{ kind: 'no-cdev' }])
  const wanted = via === 'group' ? interfaces.groupApi : interfaces.cdev
  if (!wanted.known) return missing(device.address, wanted.gap)
  if (wanted.value) return pass()
  if (!isVfioLoaded(raw)) return cannotTell([{ kind: 'vfio-not-loaded' }])
  return fail([{ kind: via === 'group' ? 'no-group-api' : 'no-cdev' }])
}

/** Functions of the same group that the VM opens in the other way: whichever comes second is EBUSY (`vfio_device_block_group`). */
function besideInGroup({ device, vm, via, situation }: Asked): readonly PreflightReason[] {
  const group = groupNumber(device)
  if (group === null) return []
  const others = openedOtherwise(vm, via)
  return groupMembers(situation.host, group)
    .filter((address) => others.has(address))
    .map((address) => ({ kind: 'group-in-two-ways', address, group, way: otherInterface(via) }))
}
