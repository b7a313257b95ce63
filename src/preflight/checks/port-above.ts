import type { PciDevice } from '../../pci/device.js'
import type { Asked } from '../situation.js'

/** The bridge whose bus the function is on; undefined: it is on a root bus, on one that SR-IOV made, or the bridge was not seen. */
export function portAbove({ device, situation }: Asked): PciDevice | undefined {
  const { byBus, byAddress } = situation.host.topology
  const bridge = byBus.get(device.bus)?.bridge ?? null
  return bridge === null ? undefined : byAddress.get(bridge)
}
