import { groupNumber } from '../../iommu/groups.js'
import { otherWay, type PreflightReason } from '../reason.js'
import { type Asked, isVfioLoaded, openedOtherwise } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, missing, pass } from './check.js'

/** Whether the kernel has the interface through which the VM is to get its functions. */
export const interfaces = {
  id: 'interface',
  title: 'interface',
  passes: 'The kernel has the files through which it is opened.',
  leavesState: false,
  run,
} as const satisfies Check

function run(asked: Asked): Finding {
  const { device, way, situation } = asked
  const { interfaces, raw, kernel } = situation
  const beside = besideInGroup(asked)
  if (beside.length > 0) return fail(beside)
  const isTooOld = kernel.cdev.known && !kernel.cdev.value
  if (way === 'iommufd' && isTooOld) return fail([{ kind: 'no-cdev' }])
  const wanted = way === 'group' ? interfaces.groupApi : interfaces.cdev
  if (!wanted.known) return missing(device.address, wanted.gap)
  if (wanted.value) return pass()
  if (!isVfioLoaded(raw)) return cannotTell([{ kind: 'vfio-not-loaded' }])
  return fail([{ kind: way === 'group' ? 'no-group-api' : 'no-cdev' }])
}

/** Functions of the same group that the VM opens in the other way: whichever comes second is EBUSY (`vfio_device_block_group`). */
function besideInGroup({ device, vm, way, situation }: Asked): readonly PreflightReason[] {
  const group = groupNumber(device)
  if (group === null) return []
  const members = situation.host.groups.get(group)?.devices ?? []
  const others = openedOtherwise(vm, way)
  return members
    .filter((address) => others.has(address))
    .map((address) => ({ kind: 'group-in-two-ways', address, group, way: otherWay(way) }))
}
