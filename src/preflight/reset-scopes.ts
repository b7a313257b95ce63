import type { PciDevice } from '../pci/device.js'
import type { ResetScope } from '../vfio/reset-scope.js'
import type { VfioHost } from '../vfio/vfio-host.js'

/** What a hot reset of the function hits, in each world that the unread facts allow; empty: there is none in any. */
export function resetScopesOf({ scopes }: VfioHost, device: PciDevice): readonly ResetScope[] {
  const found = scopes.worldsOf(device).worlds.flatMap((world) => {
    const { scope } = scopes.answer(device, world)
    return scope === null ? [] : [scope]
  })
  return [...new Set(found)]
}
