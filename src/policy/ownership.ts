import type { Gap } from '../host/gap.js'
import { groupNumber } from '../iommu/groups.js'
import { isBridge, type PciDevice } from '../pci/device.js'
import type { Caller, Fact } from './caller.js'
import type { Policy } from './policy.js'
import { type Blocker, possibleRefusal, type Reason, type Refusal, refusal } from './reason.js'
import type { ResetCase } from './reset-case.js'

/**
 * The functions of a case that a policy wants owned and that the caller does not own (EINVAL,
 * `vfio_pci_dev_set_hot_reset`).
 */
export function ownershipRefusals(
  c: ResetCase,
  { over, owned, reason }: Policy,
  caller: Caller,
): readonly Refusal[] {
  if (c.answer.scope === null) return []
  const isOwned = owned(caller)
  const told = reason === 'not-singleton' ? notAlone : notOwned
  switch (over) {
    case 'dev-set':
      // A member whose driver was not read counts: bound to vfio it is refused here, otherwise by completeness.
      return [...c.devSet.members, ...c.devSet.uncertain.map(({ device }) => device)].flatMap(
        (device) => unowned(c, device, isOwned, told),
      )
    case 'groups':
      return c.host.claimCostOf(c.affected).flatMap((device) => unownedVfio(c, device, isOwned))
    case 'affected':
      return c.affected.flatMap((device) =>
        device === c.target ? [] : unownedUser(c, device, isOwned),
      )
    case 'target':
      return unowned(c, c.target, isOwned, told)
  }
}

function unowned(
  c: ResetCase,
  device: PciDevice,
  isOwned: Fact,
  told: (c: ResetCase, device: PciDevice) => Reason = notOwned,
): readonly Refusal[] {
  const owned = isOwned(device)
  if (!owned.known) return [possibly(device, owned.gap)]
  return owned.value ? [] : [refusal('hot-reset', 'EINVAL', told(c, device))]
}

/** Of a function that vfio may not have at all; nothing but this rule refuses it outside the dev_set. */
function unownedVfio(c: ResetCase, device: PciDevice, isOwned: Fact): readonly Refusal[] {
  const vfio = c.host.sets.isVfio(device)
  if (vfio.known && !vfio.value && device !== c.target) return []
  const found = unowned(c, device, isOwned)
  return vfio.known
    ? found
    : found.map((each) => (each.unless === null ? possibly(device, vfio.gap) : each))
}

/** Of an affected function where the dev_set need not be complete: one on a native driver refuses whoever owns it. */
function unownedUser(c: ResetCase, device: PciDevice, isOwned: Fact): readonly Refusal[] {
  const vfio = c.host.sets.isVfio(device)
  if (!vfio.known) return [possibly(device, vfio.gap)]
  if (vfio.value) return unowned(c, device, isOwned)
  const native = nativeBlocker(device)
  return native === null ? [] : [refusal('hot-reset', 'EINVAL', native)]
}

function possibly({ address }: PciDevice, gap: Gap): Refusal {
  return possibleRefusal('hot-reset', 'EINVAL', address, gap)
}

/** A driver that is known and none of vfio's uses the function. null: nobody does. */
export function nativeBlocker(device: PciDevice): Blocker | null {
  const {
    address,
    raw: { driver },
  } = device
  if (!driver.known || driver.value === null) return null
  return isBridge(device)
    ? { kind: 'bridge-inside', address }
    : { kind: 'foreign-driver', address, driver: driver.value }
}

/** Names who has the function, where that was seen; else only that the caller does not. */
export function notOwned(c: ResetCase, device: PciDevice): Reason {
  const { address } = device
  const pid = c.host.holding.devices.get(address)?.[0]?.pid
  if (pid !== undefined) return { kind: 'other-context', address, pid }
  return groupNotOwned(device)
}

export function groupNotOwned(device: PciDevice): Reason {
  return { kind: 'group-not-owned', address: device.address, group: groupNumber(device) }
}

function notAlone(_: ResetCase, { address }: PciDevice): Reason {
  return { kind: 'not-singleton', address }
}
