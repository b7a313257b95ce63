import { type Asked, isVfioLoaded } from '../situation.js'
import { type Check, cannotTell, type Finding, fail, missing, pass } from './check.js'

/** Whether the kernel has the interface through which the VM is to get its functions. */
export const interfaces = {
  id: 'interface',
  title: 'interface',
  passes: 'The kernel has the files through which it is opened.',
  leavesState: false,
  run,
} as const satisfies Check

function run({ device, vm, situation }: Asked): Finding {
  const { interfaces, raw, kernel } = situation
  if (vm.way === 'iommufd' && !kernel.cdev) return fail([{ kind: 'no-cdev' }])
  const wanted = vm.way === 'group' ? interfaces.groupApi : interfaces.cdev
  if (!wanted.known) return missing(device.address, wanted.gap)
  if (wanted.value) return pass()
  if (!isVfioLoaded(raw)) return cannotTell([{ kind: 'vfio-not-loaded' }])
  return fail([{ kind: vm.way === 'group' ? 'no-group-api' : 'no-cdev' }])
}
