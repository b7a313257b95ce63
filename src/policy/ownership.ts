import type { Gap } from '../host/gap.js'
import { groupNumber } from '../iommu/groups.js'
import { isBridge, type PciDevice } from '../pci/device.js'
import { remembered } from '../text/lists.js'
import type { Caller } from './caller.js'
import type { Policy } from './policy.js'
import { type Blocker, possibleRefusal, type Reason, type Refusal, refusal } from './reason.js'
import type { ResetCase } from './reset-case.js'

/** The functions that a policy wants owned and the caller does not own (EINVAL, `vfio_pci_dev_set_hot_reset`). */
export function ownershipRefusals(
  c: ResetCase,
  { over, owned, reason }: Policy,
  caller: Caller,
): readonly Refusal[] {
  if (c.answer.scope === null) return []
  const isOwned = owned(caller)
  const unowned = (device: PciDevice): readonly Refusal[] => {
    const found = isOwned(device)
    if (!found.known) return [possibly(device, found.gap)]
    if (found.value) return NOBODY
    const { address } = device
    if (reason === 'not-singleton') return [refuses({ kind: reason, address })]
    return c.host.holding.devices.has(address)
      ? [refuses(notOwned(c, device))]
      : notOwnedByAnyone(device)
  }
  switch (over) {
    case 'dev-set':
      // A member whose driver was not read counts: bound to vfio it is refused here, otherwise by completeness.
      return membersOf(c.devSet).flatMap(unowned)
    case 'groups':
      // Outside the affected functions nothing but this rule refuses one that vfio may not have at all.
      return c.host.claimCostOf(c.affected).flatMap((device) => {
        const vfio = c.host.isVfioBound(device)
        if (vfio.known) return vfio.value || device === c.target ? unowned(device) : NOBODY
        return unowned(device).map((each) =>
          each.unless === null ? possibly(device, vfio.gap) : each,
        )
      })
    case 'affected':
      // The dev_set need not be complete: a function that is bound to a native driver is refused here, whoever owns it.
      return c.affected.flatMap((device) => {
        if (device === c.target) return []
        const vfio = c.host.isVfioBound(device)
        if (!vfio.known) return [possibly(device, vfio.gap)]
        if (vfio.value) return unowned(device)
        const native = nativeBlocker(device)
        return native === null ? [] : [refuses(native)]
      })
    case 'target':
      return unowned(c.target)
  }
}

function membersOf({ members, uncertain }: ResetCase['devSet']): readonly PciDevice[] {
  return uncertain.length === 0 ? members : [...members, ...uncertain.map(({ device }) => device)]
}

function refuses(reason: Reason): Refusal {
  return refusal('hot-reset', 'EINVAL', reason)
}

function possibly({ address }: PciDevice, gap: Gap): Refusal {
  return possibleRefusal('hot-reset', 'EINVAL', address, gap)
}

const NOBODY: readonly Refusal[] = []

/** A driver that is known and none of vfio's uses the function. null: nobody does. */
export function nativeBlocker(device: PciDevice): Blocker | null {
  const { address } = device
  const { driver } = device.raw
  if (!driver.known || driver.value === null) return null
  return isBridge(device)
    ? { kind: 'bridge-inside', address }
    : { kind: 'foreign-driver', address, driver: driver.value }
}

/** One list for each function: thousands of verdicts can have it. */
function notOwnedByAnyone(device: PciDevice): readonly Refusal[] {
  return remembered(REFUSALS, device, () => [refuses(groupNotOwned(device))])
}

const REFUSALS = new WeakMap<PciDevice, readonly Refusal[]>()

/** Names who has the function, where that was seen; else only that the caller does not. */
export function notOwned(c: ResetCase, device: PciDevice): Reason {
  const { address } = device
  const pid = c.host.holding.devices.get(address)?.[0]?.pid
  if (pid !== undefined) return { kind: 'other-context', address, pid }
  return groupNotOwned(device)
}

/** One object for each function: thousands of verdicts can name it. */
export function groupNotOwned(device: PciDevice): Reason {
  return remembered(NOT_OWNED, device, () => {
    return { kind: 'group-not-owned', address: device.address, group: groupNumber(device) }
  })
}

const NOT_OWNED = new WeakMap<PciDevice, Reason>()
