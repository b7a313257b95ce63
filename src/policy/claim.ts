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
  const found = [...openRefusals(c), ...acceptRefusals(c, accepts)]
  return found.length === 0 ? c.claimMembership : [...found, ...c.claimMembership]
}

function openRefusals(c: ResetCase): readonly Refusal[] {
  const { holding } = c.host
  if (holding.groups.size + holding.devices.size === 0) return NOBODY
  const isMine = (device: PciDevice) => device === c.target || c.owning.includes(device)
  const certain = c.devSet.members.flatMap((device) => {
    if (isMine(device)) return []
    const { address } = device
    const open = isOpenElsewhere(device, c.host)
    if (!open.known) return [possibleRefusal('bind', 'EBUSY', address, open.gap)]
    const pid = open.value ? holderOf(c, device) : undefined
    return pid === undefined ? [] : [refusal('bind', 'EBUSY', { kind: 'claimed', address, pid })]
  })
  // What is open and may be of the dev_set may stand in the way.
  const hidden = c.devSet.uncertain.flatMap(({ device, gap }) => {
    const open = isOpenElsewhere(device, c.host)
    const isFree = isMine(device) || (open.known && !open.value)
    return isFree ? [] : [possibleRefusal('bind', 'EBUSY', device.address, gap)]
  })
  return [...certain, ...hidden]
}

const NOBODY: readonly Refusal[] = []

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
