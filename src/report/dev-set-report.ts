import type { DevSetReport } from '../inspect/document.js'
import type { PciDevice } from '../pci/device.js'
import type { DevSetKey } from '../vfio/dev-set.js'
import type { VfioHost } from '../vfio/vfio-host.js'

/** The dev_sets that exist now: functions that a vfio driver has, by key. Where worlds differ the first one is shown. */
export function devSetReports(host: VfioHost): readonly DevSetReport[] {
  const sets = new Map<string, { readonly key: DevSetKey; readonly members: PciDevice[] }>()
  for (const device of host.topology.devices) {
    const vfio = host.sets.isVfio(device)
    if (!vfio.known || !vfio.value) continue
    const [world] = host.scopes.worldsOf(device).worlds
    const key = host.sets.keyOf(device, world)
    const id = `${key.kind} ${device.bus} ${key.of}`
    const set = sets.get(id)
    if (set === undefined) sets.set(id, { key, members: [device] })
    else set.members.push(device)
  }
  return [...sets.values()].map(({ key, members }) => ({
    key,
    members: members.map(({ address }) => address),
  }))
}
