import { groupMembers, groupNumber } from '../../iommu/groups.js'
import { isBridge, type PciDevice } from '../../pci/device.js'
import type { PreflightReason } from '../reason.js'
import type { Asked, Situation } from '../situation.js'
import { type Check, type Finding, pass, warn } from './check.js'

/** Who else is in the group: whoever has such a function shares the VM's DMA. Bridges are harmless. */
export const strangers = {
  id: 'strangers',
  passes: 'Nobody else’s function is in the group.',
  leavesState: false,
  run,
} as const satisfies Check

function run({ device, vm, situation }: Asked): Finding | null {
  const group = groupNumber(device)
  if (group === null) return null
  const others = groupMembers(situation.host, group).flatMap((address) => {
    const other = situation.host.topology.byAddress.get(address)
    return other === undefined || vm.owned.has(address) ? [] : [other]
  })
  const reasons = others.map((other) => strangerReason(other, group, situation))
  return reasons.some(({ kind }) => kind !== 'bridge-in-group') ? warn(reasons) : pass(reasons)
}

/** With its driver on the host as it is. */
function strangerReason(
  device: PciDevice,
  group: number,
  { byAddress }: Situation,
): PreflightReason {
  const { address } = device
  const raw = byAddress.get(address) ?? device.raw
  if (isBridge(device)) return { kind: 'bridge-in-group', address, group }
  return raw.driver.known
    ? { kind: 'stranger-in-group', address, group, driver: raw.driver.value }
    : { kind: 'stranger-unread', address, group }
}
