import { isYes } from '../host/gap.js'
import type { PciDevice } from '../pci/device.js'
import { holdersOf } from '../vfio/holding.js'
import { isOpenElsewhere } from '../vfio/vfio-host.js'
import type { Fact } from './caller.js'
import { groupNotOwned } from './ownership.js'
import { possibleRefusal, type Refusal, refusal } from './reason.js'
import type { ResetCase } from './reset-case.js'

/**
 * A BIND that claims the dev_set (`docs/reference/policies.md#claims`): EBUSY while another user has a function of it
 * open, or where `accepts` does not hold of one; EINVAL where the reset could never work. No kernel has it.
 */
export function claimRefusals(c: ResetCase, accepts: Fact): readonly Refusal[] {
  return [...openRefusals(c), ...acceptRefusals(c, accepts), ...c.claimMembership]
}

function openRefusals(c: ResetCase): readonly Refusal[] {
  return c.devSet.members.flatMap((device) => {
    if (device === c.target || c.owning.includes(device)) return []
    const { address } = device
    const open = isOpenElsewhere(device, c.host)
    if (!open.known) return [possibleRefusal('bind', 'EBUSY', address, open.gap)]
    const pid = open.value ? holderOf(c, device) : undefined
    return pid === undefined ? [] : [refusal('bind', 'EBUSY', { kind: 'claimed', address, pid })]
  })
}

function acceptRefusals(c: ResetCase, accepts: Fact): readonly Refusal[] {
  const certain = c.devSet.members.flatMap((device) => {
    const accepted = accepts(device)
    if (!accepted.known) {
      return [possibleRefusal('bind', 'EBUSY', device.address, accepted.gap)]
    }
    return accepted.value ? [] : [refusal('bind', 'EBUSY', groupNotOwned(device))]
  })
  const hidden = c.devSet.uncertain.flatMap(({ device, gap }) => {
    const accepted = accepts(device)
    return isYes(accepted) ? [] : [possibleRefusal('bind', 'EBUSY', device.address, gap)]
  })
  return [...certain, ...hidden]
}

function holderOf({ host: { holding } }: ResetCase, device: PciDevice): number | undefined {
  return holdersOf(holding, device)[0]?.pid
}
