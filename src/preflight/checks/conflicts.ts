import type { PciAddress } from '../../host/pci-address.js'
import { groupMembers, groupNumber } from '../../iommu/groups.js'
import { isReliedOn, ownReset } from '../../vfio/own-reset.js'
import { resetScopesOf } from '../../vfio/vfio-host.js'
import type { PreflightReason } from '../reason.js'
import type { Asked, Vm } from '../situation.js'
import { type Check, type Finding, fail, pass, warn } from './check.js'

/** Whether another VM of the same question needs the function, its group, or something that its hot reset affects. */
export const conflicts = {
  id: 'conflicts',
  passes: 'No other VM needs it.',
  leavesState: false,
  run,
} as const satisfies Check

function run(asked: Asked): Finding | null {
  const { situation, vm, device, wanted } = asked
  const { address, times } = wanted
  // QEMU: "device is already attached".
  if (times > 1) return fail([{ kind: 'given-twice', address, times }])
  const others = situation.vms.filter((other) => other.index !== vm.index && !isOneVm(other, vm))
  if (others.length === 0) return null
  const hard = others.flatMap((other) => startConflicts(asked, other))
  if (hard.length > 0) return fail(hard)
  const resets = others.flatMap((other) =>
    affectedBy(asked)
      .filter(({ address }) => other.owned.has(address) && address !== device.address)
      .map(
        ({ address, scope }): PreflightReason => ({
          kind: 'set-in-two-vms',
          address,
          vm: other.request.name,
          scope,
        }),
      ),
  )
  if (resets.length === 0) return pass()
  const own = ownReset(situation.host, device)
  return isReliedOn(own) === true
    ? { ...warn(resets), harmless: true }
    : { ...(own.known && own.value === null ? fail(resets) : warn(resets)), harmless: false }
}

/** Whether both are one VM, with one function of a choice or another. */
function isOneVm({ request: a }: Vm, { request: b }: Vm): boolean {
  return a.oneOf !== null && a.oneOf === b.oneOf
}

function startConflicts({ device, situation }: Asked, other: Vm): readonly PreflightReason[] {
  const vm = other.request.name
  if (other.owned.has(device.address)) return [{ kind: 'in-two-vms', address: device.address, vm }]
  const group = groupNumber(device)
  if (group === null) return []
  return groupMembers(situation.host, group)
    .filter((address) => other.owned.has(address))
    .map((address) => ({ kind: 'group-in-two-vms', address, group, vm }))
}

interface Affected {
  readonly address: PciAddress
  readonly scope: 'slot' | 'bus'
}

function affectedBy({ situation: { host }, device }: Asked): readonly Affected[] {
  const found = new Map<PciAddress, Affected>()
  for (const { kind, affected } of resetScopesOf(host, device)) {
    for (const { address } of affected) found.set(address, { address, scope: kind })
  }
  return [...found.values()]
}
