import type { PciAddress } from '../host/pci-address.js'
import type { RawHost } from '../host/raw-host.js'
import { type AcsBit, acsBitNames } from '../iommu/acs.js'
import { analyseIsolation, type IsolationModel } from '../iommu/analyse-isolation.js'
import { buildTopology } from '../pci/build-topology.js'
import type { PciDevice } from '../pci/device.js'
import type { KernelProfile } from '../vfio/kernel-profile.js'
import { type VfioHost, vfioHost } from '../vfio/vfio-host.js'

/** One of the two hosts that are compared: analysed, and ready to be asked. */
export interface DiffSide {
  readonly raw: RawHost
  readonly host: VfioHost
  readonly isolation: IsolationModel
  /** In the order of addresses. */
  readonly devices: readonly PciDevice[]
  readonly at: (address: PciAddress) => PciDevice | undefined
  /** Group that has the function; null: it has none, or that was not read. */
  readonly groupOf: (device: PciDevice) => DiffGroup | null
}

/** An IOMMU group by what it holds: its number is no identity. */
export interface DiffGroup {
  readonly id: number
  readonly members: readonly PciAddress[]
}

export function diffSide(raw: RawHost, kernel: KernelProfile): DiffSide {
  const topology = buildTopology(raw)
  const host = vfioHost(topology, kernel)
  const groups = new Map(
    [...host.groups.values()].map(({ id, devices }): [number, DiffGroup] => [
      id,
      { id, members: devices },
    ]),
  )
  return {
    raw,
    host,
    isolation: analyseIsolation(topology),
    devices: topology.devices,
    at: (address) => topology.byAddress.get(address),
    groupOf({ raw: { iommuGroup } }) {
      const id = iommuGroup.known ? iommuGroup.value : null
      return id === null ? null : (groups.get(id) ?? null)
    },
  }
}

/** Bits that a function's ACS control has set; null: no capability; undefined: not read. */
export function acsControlOf({ acs }: PciDevice): readonly AcsBit[] | null | undefined {
  if (!acs.known) return undefined
  return acs.value === null ? null : acsBitNames(acs.value.control)
}
