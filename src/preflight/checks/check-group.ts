import { iommuActive } from '../../iommu/groups.js'
import type { PciDevice } from '../../pci/device.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'
import { cannotTell, type Finding, fail, missing, pass, warn } from './finding.js'

/** Whether an IOMMU stands behind the function, so that it has a group. */
export function checkIommu({ raw, situation }: Asked): Finding {
  const { address, iommuGroup } = raw
  if (!iommuGroup.known) return missing(address, iommuGroup.gap)
  if (iommuGroup.value !== null) return pass()
  const active = iommuActive(situation.raw)
  return fail([
    active.known && !active.value ? { kind: 'no-iommu' } : { kind: 'no-group', address },
  ])
}

/** Unsafe no-IOMMU mode: no VMM takes such a function, since nothing translates for it. */
export function checkNoiommu({ device, situation }: Asked): Finding {
  const { address, raw } = device
  const mode = situation.interfaces.noiommu
  const group = situation.host.groupOf(device)
  if (group.known && group.value.kind === 'group' && group.value.fake) {
    return fail([{ kind: 'fake-group', address, group: group.value.id }])
  }
  if (mode.known) return mode.value ? warn([{ kind: 'unsafe-noiommu' }]) : pass()
  if (!group.known) return missing(address, group.gap)
  // A real group leaves the mode without effect on this function.
  return raw.iommuGroup.known && raw.iommuGroup.value !== null ? pass() : missing(address, mode.gap)
}

/** Whether the group could be opened: members on drivers of the host keep it closed (`groupViability`). */
export function checkGroup(asked: Asked): Finding | null {
  const group = groupNumber(asked.device)
  if (group === null) return null
  const { culprits, hidden } = asked.situation.host.viabilityOf(group)
  if (culprits.length > 0) {
    return fail(culprits.map((each) => ({ kind: 'group-not-viable', group, ...each })))
  }
  if (hidden.length > 0) return cannotTell(hidden.map(({ gap }) => unreadReason(null, gap)))
  return pass()
}

/** Who else is in the group: whoever has such a function shares the VM's DMA. Bridges are harmless. */
export function checkStrangers({ device, vm, situation }: Asked): Finding | null {
  const group = groupNumber(device)
  if (group === null) return null
  const { topology, groups } = situation.host
  const others = (groups.get(group)?.devices ?? []).flatMap((address) => {
    const other = topology.byAddress.get(address)
    return other === undefined || vm.owned.has(address) ? [] : [other]
  })
  const reasons = others.map((other) => strangerReason(other, group))
  return reasons.some(({ kind }) => kind === 'stranger-in-group') ? warn(reasons) : pass(reasons)
}

function strangerReason({ address, header, raw }: PciDevice, group: number): PreflightReason {
  if (header.known && header.value !== 'normal') return { kind: 'bridge-in-group', address, group }
  const driver = raw.driver.known ? raw.driver.value : null
  return { kind: 'stranger-in-group', address, group, driver }
}

/** Number of the function's group; null: it has none, or that was not read (`checkIommu` says so). */
export function groupNumber({ raw: { iommuGroup } }: PciDevice): number | null {
  return iommuGroup.known ? iommuGroup.value : null
}
