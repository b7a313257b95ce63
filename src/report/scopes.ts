import type { PciDevice } from '../pci/device.js'
import type { ResetScope } from '../vfio/reset-scope.js'
import type { VfioHost } from '../vfio/vfio-host.js'

/** Each distinct scope of some functions in any world, with the first function that has it. */
export function distinctScopes(
  host: VfioHost,
  devices: readonly PciDevice[],
): ReadonlyMap<ResetScope, PciDevice> {
  const found = new Map<ResetScope, PciDevice>()
  for (const device of devices) {
    for (const world of host.scopes.worldsOf(device).worlds) {
      const { scope } = host.scopes.answer(device, world)
      if (scope !== null && !found.has(scope)) found.set(scope, device)
    }
  }
  return found
}
