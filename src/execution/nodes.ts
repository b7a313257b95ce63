import { mapByAddress, type PciAddress } from '../host/pci-address.js'
import type { RawHost } from '../host/raw-host.js'
import { NOIOMMU_GROUP_NAME } from '../iommu/groups.js'

/** Device nodes of one function as the host has them now. */
export interface VfioNodes {
  /** `/dev/vfio/14` or `/dev/vfio/noiommu-0`; null: the function has no group. */
  readonly group: string | null
  readonly noiommu: boolean
  /** `/dev/vfio/devices/vfio3`; null: this kernel has no cdev for it. */
  readonly cdev: string | null
}

/** Where the nodes of the host's functions are. */
export function vfioNodes(raw: RawHost): (address: PciAddress) => VfioNodes {
  const functions = mapByAddress(raw.functions)
  const fake = new Set(
    raw.groups.flatMap(({ id, name }) =>
      name.known && name.value === NOIOMMU_GROUP_NAME ? [id] : [],
    ),
  )
  return (address) => {
    const found = functions.get(address)
    const group = found?.iommuGroup.known === true ? found.iommuGroup.value : null
    const noiommu = group !== null && fake.has(group)
    const dev = found?.vfioDev.known === true ? found.vfioDev.value : null
    return {
      group: group === null ? null : `/dev/vfio/${noiommu ? 'noiommu-' : ''}${group}`,
      noiommu,
      cdev: dev?.cdev === true ? `/dev/vfio/devices/${dev.name}` : null,
    }
  }
}
