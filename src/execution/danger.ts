import { comparePciAddress, type PciAddress } from '../host/pci-address.js'
import type { HostNeed, RawHolder } from '../host/raw-host.js'
import type { PciDevice } from '../pci/device.js'
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
export function dangersOf(host: VfioHost, functions: ReadonlySet<PciAddress>): readonly Danger[] {
  return [...functions].sort(comparePciAddress).flatMap((address): readonly Danger[] => {
    const device = host.topology.byAddress.get(address)
    return device === undefined ? [] : [...useOf(host, device), ...needsOf(host, address)]
  })
}

function useOf({ holding, sets }: VfioHost, device: PciDevice): readonly Danger[] {
  const { address, raw } = device
  const group = raw.iommuGroup.known ? raw.iommuGroup.value : null
  const ofGroup = group === null ? [] : (holding.groups.get(group) ?? [])
  const holders = [...(holding.devices.get(address) ?? []), ...ofGroup]
  if (holders.length > 0) return holders.map((holder) => ({ kind: 'held', address, holder }))
  const vfio = sets.isVfio(device)
  const count = raw.enabled.known ? raw.enabled.value : null
  const isOpen = vfio.known && vfio.value && count !== null && count > 0
  return isOpen ? [{ kind: 'open', address, count }] : []
}

function needsOf({ topology }: VfioHost, address: PciAddress): readonly Danger[] {
  return topology.raw.hostNeeds
    .filter((need) => need.address === address)
    .map((need) => ({ kind: 'needed', address, need }))
}

/** The functions and all that a hot reset of one of them hits, in any way that the unread facts allow. */
export function reachOf(
  { topology, scopes }: VfioHost,
  functions: Iterable<PciAddress>,
): ReadonlySet<PciAddress> {
  const devices = [...functions].flatMap((address) => topology.byAddress.get(address) ?? [])
  const hit = devices.flatMap((device) =>
    scopes.worldsOf(device).worlds.flatMap((world) => {
      const { scope } = scopes.answer(device, world)
      return scope === null ? [] : [...scope.affected, ...scope.unaccounted]
    }),
  )
  return new Set([...functions, ...hit.map(({ address }) => address)])
}
