import type { PciAddress } from '../host/pci-address.js'
import type { Concerned } from '../host/read/read-vm-facts.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import type { KernelProfile } from '../vfio/kernel-profile.js'
import { vfioHost } from '../vfio/vfio-host.js'
import { resetScopesOf } from './reset-scopes.js'

/** The functions and groups whose facts a preflight of these functions can rest on: group members, and what is reset along. */
export function concernedBy(
  topology: Topology,
  kernel: KernelProfile,
  functions: readonly PciAddress[],
): Concerned {
  const host = vfioHost(topology, kernel)
  const at = (address: PciAddress): readonly PciDevice[] => {
    const device = topology.byAddress.get(address)
    return device === undefined ? [] : [device]
  }
  const wanted = functions.flatMap(at)
  const hit = wanted.flatMap((device) =>
    resetScopesOf(host, device).flatMap(({ affected }) => affected),
  )
  const numbers = new Set<number>()
  for (const { raw: each } of [...wanted, ...hit]) {
    if (each.iommuGroup.known && each.iommuGroup.value !== null) numbers.add(each.iommuGroup.value)
  }
  const groups = [...numbers]
  const members = groups.flatMap((group) => host.groups.get(group)?.devices ?? []).flatMap(at)
  const concerned = new Set([...wanted, ...hit, ...members].map(({ address }) => address))
  return { functions: [...concerned], groups }
}
