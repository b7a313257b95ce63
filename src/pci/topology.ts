import type { Observed } from '../host/gap.js'
import type { BusId, PciAddress } from '../host/pci-address.js'
import type { RawHost, RawSlot } from '../host/raw-host.js'
import type { PciDevice } from './device.js'

/** All functions of a host with the relations that the rules walk. Built once; every look-up is by index. */
export interface Topology {
  readonly raw: RawHost
  /** In address order. */
  readonly devices: readonly PciDevice[]
  readonly byAddress: ReadonlyMap<PciAddress, PciDevice>
  /** Functions by bus number, in device-list order (ascending devfn). */
  readonly byBus: ReadonlyMap<BusId, PciBus>
  /** Functions whose path leads directly through a bridge (real secondary bus and SR-IOV buses alike). */
  readonly children: ReadonlyMap<PciAddress, readonly PciDevice[]>
  /** Functions of one slot: same bus, same devfn >> 3. Key: `slotKeyOf`. */
  readonly bySlot: ReadonlyMap<string, readonly PciDevice[]>
  /** Functions of a domain behind a VMD endpoint, by that endpoint. */
  readonly behindDmaDevice: ReadonlyMap<PciAddress, readonly PciDevice[]>
  /** Position in `devices`: orders functions without comparing their names. */
  readonly rank: (device: PciDevice) => number
  readonly slots: Observed<readonly RawSlot[]>
}

export interface PciBus {
  readonly id: BusId
  /** `bus->self`: the bridge above; null for root buses, for SR-IOV (virtual) buses, and where it is not part of the copy. */
  readonly bridge: PciAddress | null
  /** `unseen`: below a bridge, or on a root bus, that a partial copy does not show. */
  readonly kind: 'root' | 'secondary' | 'virtual' | 'unseen'
  readonly devices: readonly PciDevice[]
}
