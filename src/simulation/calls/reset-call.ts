import type { PciDevice } from '../../pci/device.js'
import { membershipRefusals } from '../../policy/membership.js'
import { type Blocker, isBlocker } from '../../policy/reason.js'
import type { DevSetKey } from '../../vfio/dev-set.js'
import type { World } from '../../vfio/world.js'
import { isVfioBound, worldOf } from '../host-facts.js'
import type { ResetTarget, Turn } from '../machine.js'

export function resetTarget(turn: Turn, device: PciDevice): ResetTarget {
  const { scopes } = turn.machine.host
  const world = worldOf(turn, device)
  const { scope, denials } = scopes.answer(device, world)
  return {
    device,
    world,
    denials,
    affected: scope?.affected ?? [],
    unaccounted: scope?.unaccounted ?? [],
    ...devSetOf(turn, device, world),
  }
}

/** The dev_set of a function, with every member that the run takes to be on a vfio driver. */
export function devSetOf(
  turn: Turn,
  device: PciDevice,
  world: World,
): { readonly key: DevSetKey; readonly members: readonly PciDevice[] } {
  const { sets, topology } = turn.machine.host
  const { key, members, uncertain } = sets.setOf(device, world)
  if (uncertain.length === 0) return { key, members }
  const more = uncertain.map((each) => each.device).filter((each) => isVfioBound(turn, each))
  const all = [...members, ...more].sort((a, b) => topology.rank(a) - topology.rank(b))
  return { key, members: all }
}

/** What keeps affected functions out of the dev_set (`vfio_pci_dev_set_resettable`), in address order. */
export function outsiders(
  turn: Turn,
  { device: target, world, affected }: ResetTarget,
): readonly Blocker[] {
  const { host } = turn.machine
  return membershipRefusals({ host, world, target, affected }).flatMap(({ reason, unless }) => {
    if (isBlocker(reason)) return [reason]
    if (unless === null || !('address' in reason)) return []
    const device = affected.find(({ address }) => address === reason.address)
    return device === undefined ? [] : suspected(turn, device)
  })
}

/** A function of which not everything was read: the header first, as vfio-pci's probe asks for it. */
function suspected(turn: Turn, device: PciDevice): readonly Blocker[] {
  const { address, header } = device
  if (!header.known) {
    const bridge = turn.facts.choose(`${address} is a bridge`, ['no', 'yes'], header.gap) === 'yes'
    if (bridge) return [{ kind: 'bridge-inside', address }]
  }
  return isVfioBound(turn, device) ? [] : [{ kind: 'unbound', address }]
}
