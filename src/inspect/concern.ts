import type { Gap } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import { dmaPeers } from '../vfio/dma-groups.js'
import { distinctScopes, type VfioHost } from '../vfio/vfio-host.js'

/** What a question about some functions is about. */
export interface Concern {
  /** The functions asked about and everything that a reset of one of them affects. */
  readonly functions: ReadonlySet<PciAddress>
  /** What was not known about how they are reset, such as a rule of this kernel release. */
  readonly gaps: readonly Gap[]
}

export function concernOf(host: VfioHost, targets: readonly PciDevice[]): Concern {
  const functions = withReset(host, targets)
  const rules = new Map<string, Gap>()
  if (!host.kernel.modelled.known) rules.set('', host.kernel.modelled.gap)
  for (const device of targets) {
    for (const gap of host.scopes.worldsOf(device).gaps) {
      if (gap.why === 'unmodelled') rules.set(gap.detail, gap)
    }
  }
  return { functions, gaps: [...rules.values()] }
}

/** A member of a target's group can have to leave its driver, so what the host needs of it matters too. */
export function withGroups(
  host: VfioHost,
  targets: readonly PciDevice[],
  concerned: ReadonlySet<PciAddress>,
): ReadonlySet<PciAddress> {
  if (concerned.size === host.topology.devices.length) return concerned
  const peers = targets.flatMap((device) => dmaPeers(host, device))
  return new Set([...concerned, ...peers.map(({ address }) => address)])
}

function withReset(host: VfioHost, targets: readonly PciDevice[]): Set<PciAddress> {
  const functions = new Set(targets.map(({ address }) => address))
  // Beside all functions there are no others.
  if (functions.size === host.topology.devices.length) return functions
  for (const { affected, unaccounted } of distinctScopes(host, targets).keys()) {
    for (const { address } of affected) functions.add(address)
    for (const { address } of unaccounted) functions.add(address)
  }
  return functions
}
