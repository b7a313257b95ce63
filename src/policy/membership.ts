import type { PciDevice } from '../pci/device.js'
import { isSameKey } from '../vfio/dev-set.js'
import { isVirtfnIn } from '../vfio/world.js'
import { type Blocker, possibleRefusal, type Refusal, refusal } from './reason.js'
import type { ResetCase } from './reset-case.js'

type MembershipCase = Pick<ResetCase, 'host' | 'world' | 'target' | 'affected'>

/**
 * Completeness of the dev_set: every affected function must be a member (`vfio_pci_dev_set_resettable`, 5.15 to 7.3;
 * the walk of `vfio_pci_try_zap_and_vma_lock_cb` in 5.8 to 5.14 asks the same). EINVAL whatever the inner reason.
 */
export function membershipRefusals(c: MembershipCase): readonly Refusal[] {
  const found: Refusal[] = []
  for (const device of c.affected) {
    if (!isMember(c, device)) found.push(...membershipOf(c, device))
  }
  return found
}

/** The usual case, told without making a list: bound to a vfio driver, and nothing else against it. */
function isMember(c: MembershipCase, device: PciDevice): boolean {
  if (device === c.target) return true
  const vfio = c.host.sets.isVfio(device)
  const isNormal = device.header.known && device.header.value === 'normal'
  return isNormal && vfio.known && vfio.value && structuralBlocker(c, device) === null
}

/** What keeps one affected function out of the target's set; more than one entry when binding it would not be enough. */
function membershipOf(c: MembershipCase, device: PciDevice): readonly Refusal[] {
  const { header } = device
  if (header.known && header.value !== 'normal') {
    return [blocks({ kind: 'bridge-inside', address: device.address })]
  }
  const structure = structuralBlocker(c, device)
  const binding = bindingRefusal(c, device, structure !== null)
  const found = structure === null ? [] : [blocks(structure)]
  const vfio = c.host.sets.isVfio(device)
  // A vfio driver takes normal headers only.
  const hidden =
    header.known || (vfio.known && vfio.value)
      ? []
      : [possibleRefusal('hot-reset', 'EINVAL', device.address, header.gap)]
  return [...binding, ...found, ...hidden]
}

/** A cause that binding the function cannot remove: its set is another one. Before 5.15 there were no sets. */
function structuralBlocker(c: MembershipCase, device: PciDevice): Blocker | null {
  const { kernel, sets } = c.host
  if (!kernel.devSets) return null
  if (device.bus === c.target.bus) {
    if (isSameKey(sets.keyOf(device, c.world), sets.keyOf(c.target, c.world))) return null
    if (c.world.vfSplit && [device, c.target].some((each) => isVirtfnIn(c.world, each))) {
      return { kind: 'vf-split', address: device.address }
    }
  }
  return { kind: 'other-dev-set', address: device.address }
}

/** `settled`: the function blocks bound or not, so an unread driver decides nothing. */
function bindingRefusal(
  { host }: MembershipCase,
  device: PciDevice,
  settled: boolean,
): readonly Refusal[] {
  const vfio = host.sets.isVfio(device)
  if (!vfio.known) {
    return settled ? [] : [possibleRefusal('hot-reset', 'EINVAL', device.address, vfio.gap)]
  }
  const { driver } = device.raw
  if (vfio.value || !driver.known) return []
  return driver.value === null
    ? [blocks({ kind: 'unbound', address: device.address })]
    : [blocks({ kind: 'foreign-driver', address: device.address, driver: driver.value })]
}

function blocks(blocker: Blocker): Refusal {
  return refusal('hot-reset', 'EINVAL', blocker)
}
