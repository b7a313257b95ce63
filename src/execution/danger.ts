import { valueOrNull } from '../host/gap.js'
import { comparePciAddress, type PciAddress } from '../host/pci-address.js'
import type { HostNeed, OpenNeed, RawHolder } from '../host/raw-host.js'
import type { Count } from '../host/scalars.js'
import type { PciDevice } from '../pci/device.js'
import { holdersOf } from '../vfio/holding.js'
import type { VfioHost } from '../vfio/vfio-host.js'

/** Why functions should not be reset by anybody who is not sure. */
export type Danger =
  /** Another process has the function, its device file or the file of its group open. */
  | { readonly kind: 'held'; readonly address: PciAddress; readonly holder: RawHolder }
  /** Its `enable` in sysfs counts `count` opens, and no process was seen that has it open. */
  | { readonly kind: 'open'; readonly address: PciAddress; readonly count: Count }
  /** The host itself needs the function. */
  | { readonly kind: 'needed'; readonly address: PciAddress; readonly need: HostNeed }
  /** What the host uses may rest on the function: it could not be followed to the end. */
  | { readonly kind: 'possibly-needed'; readonly address: PciAddress; readonly need: OpenNeed }

/** Everything that speaks against resetting these functions, by address. */
export function dangersOf(host: VfioHost, functions: ReadonlySet<PciAddress>): readonly Danger[] {
  const { hostNeeds, openNeeds } = host.topology.raw
  return [...functions].sort(comparePciAddress).flatMap((address): readonly Danger[] => {
    const device = host.topology.byAddress.get(address)
    if (device === undefined) return []
    const held = holdersOf(host.holding, device).map(
      (holder): Danger => ({ kind: 'held', address, holder }),
    )
    const needs = hostNeeds.filter((need) => need.address === address)
    return [
      ...(held.length > 0 ? held : openings(host, device)),
      ...needs.map((need): Danger => ({ kind: 'needed', address, need })),
      ...openNeeds
        .filter(({ candidates }) => candidates.includes(address))
        .map((need): Danger => ({ kind: 'possibly-needed', address, need })),
    ]
  })
}

/** `enable` counts opens of a function on vfio-pci; other drivers count there for themselves. */
function openings({ isVfioBound }: VfioHost, device: PciDevice): readonly Danger[] {
  const { enabled } = device.raw
  const vfio = isVfioBound(device)
  const count = valueOrNull(enabled)
  if (!vfio.known || !vfio.value || count === null || count === 0) return []
  return [{ kind: 'open', address: device.address, count }]
}

/** The functions and all that a hot reset of one of them affects, in any way that the unread facts allow. */
export function reachOf(host: VfioHost, functions: Iterable<PciAddress>): ReadonlySet<PciAddress> {
  const all = [...functions]
  const affected = all.flatMap((address) => {
    const device = host.topology.byAddress.get(address)
    return device === undefined ? [] : hitBy(host, device)
  })
  return new Set([...all, ...affected.map(({ address }) => address)])
}

function hitBy({ scopes }: VfioHost, device: PciDevice): readonly PciDevice[] {
  return scopes.worldsOf(device).worlds.flatMap((world) => {
    const { scope } = scopes.answer(device, world)
    return scope === null ? [] : [...scope.affected, ...scope.unaccounted]
  })
}
