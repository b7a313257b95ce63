import { isNo, isYes } from '../../host/gap.js'
import { finding, type HostCheck, type HostFinding, PASS, unsettled } from '../host-check.js'
import type { Machine } from '../machine.js'

/** Through which interfaces functions can be opened. */
export const interfaces = {
  id: 'interface',
  title: 'group interface and iommufd',
  passes: 'Functions can be opened through the group interface and through iommufd.',
  source: 'CONFIG_VFIO_GROUP, CONFIG_VFIO_DEVICE_CDEV, CONFIG_IOMMUFD',
  run,
} as const satisfies HostCheck

function run({ host, readiness: { vfioLoaded } }: Machine): HostFinding | null {
  // Its files come with the module.
  if (isNo(vfioLoaded)) return null
  const { groupApi, cdev } = host.vfio.interfaces
  if (isNo(groupApi) && isNo(cdev)) return finding('fail', { kind: 'no-interface' })
  if (isYes(groupApi) && isNo(cdev)) return finding('warn', { kind: 'no-cdev' })
  if (isNo(groupApi) && isYes(cdev)) return finding('warn', { kind: 'no-group-api' })
  if (!groupApi.known) return unsettled(groupApi.gap)
  return cdev.known ? PASS : unsettled(cdev.gap)
}
