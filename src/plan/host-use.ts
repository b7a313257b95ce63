import type { PciAddress } from '../host/pci-address.js'
import type { HostNeedKind, RawHost } from '../host/raw-host.js'
import type { Loss, NeedLoss } from './step.js'

/**
 * What the host loses, or may lose, when a function leaves its driver. Every command that takes a function from the host rests
 * on it (`stepCommands`). Needs of VFs stand at their PF too, and those of drives behind VMD at its controller.
 */
export function hostLosses(
  { hostNeeds, openNeeds }: Pick<RawHost, 'hostNeeds' | 'openNeeds'>,
  address: PciAddress,
): readonly NeedLoss[] {
  const needs = hostNeeds
    .filter((need) => need.address === address)
    .map(({ kind: need, detail }): NeedLoss => ({ kind: 'host-need', need, detail }))
  const open = openNeeds
    .filter(({ candidates }) => candidates.includes(address))
    .map(({ kind: need, detail }): NeedLoss => ({ kind: 'possible-need', need, detail }))
  return [...needs, ...open]
}

export function isNeedLoss(loss: Loss): loss is NeedLoss {
  return loss.kind === 'host-need' || loss.kind === 'possible-need'
}

/**
 * Whether no plan takes the function from the host. What may rest on it counts like what does; a dark screen or a dead keyboard
 * can be what was wanted.
 */
export function isKept(losses: readonly Loss[]): boolean {
  return losses.some((loss) => isNeedLoss(loss) && isVital(loss.need))
}

/** Whether a host goes down, loses data or is cut off without it. */
export function isVital(need: HostNeedKind): boolean {
  return VITAL[need]
}

const VITAL = {
  'boot-disk': true,
  'root-filesystem': true,
  'mounted-filesystem': true,
  'storage-in-use': true,
  swap: true,
  'active-route': true,
  console: false,
  bmc: false,
  keyboard: false,
} as const satisfies Record<HostNeedKind, boolean>
