import { known, type Observed } from '../host/gap.js'
import type { PciDevice } from '../pci/device.js'
import { isOpenElsewhere } from '../vfio/vfio-host.js'
import { possibleRefusal, type Reason, type Refusal, refusal } from './reason.js'
import { isInContext, isInGroupOf, isSingleton, type ResetCase } from './reset-case.js'

/**
 * Neither a slot nor a bus reset exists: ENODEV before anything else is asked (`docs/reference/hot-reset.md#hot_reset`,
 * 3).
 */
export function probeRefusals(c: ResetCase): readonly Refusal[] {
  return c.answer.denials.map((denial) => refusal('hot-reset', 'ENODEV', denial))
}

/** POSSIBLE(D): the probe, then completeness of the dev_set. Common to every policy but one. */
export function possibleRefusals(c: ResetCase): readonly Refusal[] {
  return [...probeRefusals(c), ...c.membership]
}

/**
 * The ownership rule: each member of the dev_set must be owned (EINVAL, `vfio_pci_dev_set_hot_reset`). A member whose
 * driver was not read counts when it is not owned: bound to vfio it is refused here, otherwise by completeness.
 */
export function ownershipRefusals(
  c: ResetCase,
  isOwned: (device: PciDevice) => Observed<boolean>,
): readonly Refusal[] {
  if (c.answer.scope === null) return []
  const members = [...c.devSet.members, ...c.devSet.uncertain.map(({ device }) => device)]
  return members.flatMap((device) => {
    const owned = isOwned(device)
    if (!owned.known) return [possibleRefusal('hot-reset', 'EINVAL', device.address, owned.gap)]
    return owned.value ? [] : [refusal('hot-reset', 'EINVAL', notOwned(c, device))]
  })
}

/** Names who has the member, where that was seen; else only that the caller does not. */
export function notOwned(c: ResetCase, device: PciDevice): Reason {
  const { address } = device
  const pid = c.host.holding.devices.get(address)?.[0]?.pid
  if (pid !== undefined) return { kind: 'other-context', address, pid }
  const { iommuGroup } = device.raw
  return {
    kind: 'group-not-owned',
    address,
    group: iommuGroup.known ? iommuGroup.value : null,
  }
}

/** `vfio_dev_in_groups`: the member's group file is among those passed. */
export function byGroupFile(c: ResetCase, device: PciDevice): Observed<boolean> {
  return isInGroupOf(c, device, [c.target, ...c.owning])
}

/**
 * The escapes of the first three postings: a function needs no proof while nobody else has it open, nor the only one of
 * its set. Whether the proof is a context or device fds, the assumed caller has it for the same functions
 * (`docs/reference/policies.md#the-assumed-caller`).
 */
export function inContextOrUnopened(c: ResetCase, device: PciDevice): Observed<boolean> {
  return eitherKnown(known(isInContext(c, device)), () =>
    eitherKnown(not(isOpenByAnother(c, device)), () => known(isSingleton(c))),
  )
}

/** Whether another user has the function open. What the caller opened itself does not count. */
export function isOpenByAnother(c: ResetCase, device: PciDevice): Observed<boolean> {
  if (device === c.target || c.owning.includes(device)) return { known: true, value: false }
  return isOpenElsewhere(device, c.host)
}

/** `either` or `or`, where a known yes wins over an unread other half. */
export function eitherKnown(
  either: Observed<boolean>,
  or: () => Observed<boolean>,
): Observed<boolean> {
  if (either.known && either.value) return either
  const other = or()
  if (other.known && other.value) return other
  return either.known ? other : either
}

export function not(observed: Observed<boolean>): Observed<boolean> {
  return observed.known ? { known: true, value: !observed.value } : observed
}
