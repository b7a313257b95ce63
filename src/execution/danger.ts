import { comparePciAddress, type PciAddress } from '../host/pci-address.js'
import type { HostNeed, RawHolder } from '../host/raw-host.js'
import type { VfioHost } from '../vfio/vfio-host.js'

/** Why functions should not be reset by anybody who is not sure. */
export type Danger =
  /** Another process has the function, its cdev or the file of its group open. */
  | { readonly kind: 'held'; readonly address: PciAddress; readonly holder: RawHolder }
  /** `enable` counts an open, and no process was seen that has it. */
  | { readonly kind: 'open'; readonly address: PciAddress; readonly count: number }
  /** The host itself needs the function. */
  | { readonly kind: 'needed'; readonly address: PciAddress; readonly need: HostNeed }

/** Everything that speaks against resetting these functions, by address. */
export function dangersOf(
  { topology, holding, sets }: VfioHost,
  functions: ReadonlySet<PciAddress>,
): readonly Danger[] {
  const { hostNeeds } = topology.raw
  return [...functions].sort(comparePciAddress).flatMap((address): readonly Danger[] => {
    const device = topology.byAddress.get(address)
    if (device === undefined) return []
    const { iommuGroup, enabled } = device.raw
    const group = iommuGroup.known ? iommuGroup.value : null
    const holders = [
      ...(holding.devices.get(address) ?? []),
      ...(group === null ? [] : (holding.groups.get(group) ?? [])),
    ]
    const vfio = sets.isVfio(device)
    const count = enabled.known ? enabled.value : null
    const isOpen = vfio.known && vfio.value && holders.length === 0 && count !== null && count > 0
    return [
      ...holders.map((holder): Danger => ({ kind: 'held', address, holder })),
      ...(isOpen ? [{ kind: 'open', address, count } satisfies Danger] : []),
      ...hostNeeds
        .filter((need) => need.address === address)
        .map((need): Danger => ({ kind: 'needed', address, need })),
    ]
  })
}

/** The functions and all that a hot reset of one of them hits, in any way that the unread facts allow. */
export function reachOf(
  { topology, scopes }: VfioHost,
  functions: Iterable<PciAddress>,
): ReadonlySet<PciAddress> {
  const reach = new Set<PciAddress>()
  for (const address of functions) {
    reach.add(address)
    const device = topology.byAddress.get(address)
    if (device === undefined) continue
    for (const world of scopes.worldsOf(device).worlds) {
      const { scope } = scopes.answer(device, world)
      for (const each of scope?.affected ?? []) reach.add(each.address)
      for (const each of scope?.unaccounted ?? []) reach.add(each.address)
    }
  }
  return reach
}
