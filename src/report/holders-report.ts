import type { RawHolder } from '../host/raw-host.js'
import type { HolderReport } from '../inspect/document.js'
import type { PciDevice } from '../pci/device.js'
import type { VfioHost } from '../vfio/vfio-host.js'

/** Processes that hold a function, its cdev, or the file of its group. */
export function holdersOf(
  { address, raw }: PciDevice,
  { holding }: VfioHost,
): readonly HolderReport[] {
  const group = raw.iommuGroup.known ? raw.iommuGroup.value : null
  const ofGroup = group === null ? [] : (holding.groups.get(group) ?? [])
  return [...(holding.devices.get(address) ?? []), ...ofGroup].map(holder)
}

function holder({ pid, command, target }: RawHolder): HolderReport {
  return { pid, command, what: target }
}
