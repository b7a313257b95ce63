import { isOpenByAnother, probeRefusals } from './ownership.js'
import { possibleRefusal, type Refusal, refusal } from './reason.js'
import { isRepresented, type ResetCase } from './reset-case.js'

/**
 * A bind that claims the reset group (`docs/reference/policies.md#claims`). EBUSY while another user has a function of
 * the set open, EINVAL where the reset could never work: the errnos are our completion, no kernel has the claim.
 */
export function claimRefusals(c: ResetCase): readonly Refusal[] {
  return c.devSet.members.flatMap((device) => {
    const { address } = device
    const open = isOpenByAnother(c, device)
    if (!open.known) return [possibleRefusal('bind', 'EBUSY', address, open.gap)]
    const pid = holderOf(c, address, device.raw.iommuGroup)
    return open.value && pid !== undefined
      ? [refusal('bind', 'EBUSY', { kind: 'claimed', address, pid })]
      : []
  })
}

/** The strict form: every group of the set must be represented in the claimer's context (EBUSY). */
export function strictClaimRefusals(c: ResetCase): readonly Refusal[] {
  const hidden = c.devSet.uncertain.flatMap(({ device, gap }) => {
    const represented = isRepresented(c, device)
    return represented.known && represented.value
      ? []
      : [possibleRefusal('bind', 'EBUSY', device.address, gap)]
  })
  const certain = c.devSet.members.flatMap((device) => {
    const represented = isRepresented(c, device)
    if (!represented.known) {
      return [possibleRefusal('bind', 'EBUSY', device.address, represented.gap)]
    }
    if (represented.value) return []
    const { iommuGroup } = device.raw
    return [
      refusal('bind', 'EBUSY', {
        kind: 'group-not-owned',
        address: device.address,
        group: iommuGroup.known ? iommuGroup.value : null,
      }),
    ]
  })
  return [...certain, ...hidden]
}

/** "RESET is guaranteed" can hold only if the claim is refused when a function outside the set is affected. */
export function incompleteClaimRefusals(c: ResetCase): readonly Refusal[] {
  return [...c.claimMembership, ...probeRefusals(c)]
}

function holderOf(
  c: ResetCase,
  address: ResetCase['target']['address'],
  group: ResetCase['target']['raw']['iommuGroup'],
): number | undefined {
  const own = c.host.holding.devices.get(address)?.[0]
  if (own !== undefined) return own.pid
  return group.known && group.value !== null
    ? c.host.holding.groups.get(group.value)?.[0]?.pid
    : undefined
}
