import type { PciAddress } from '../../host/pci-address.js'
import type { LibvirtNetwork } from '../inputs/libvirt-network.js'
import type { Mappings } from '../inputs/pve-mapping.js'

/** What descriptions of VMs refer to, beside the functions of the host. */
export interface Surroundings {
  /** Resource mappings of Proxmox; null: none were read. */
  readonly mappings: Mappings | null
  /** The name by which they know this host; null: not known. */
  readonly node: string | null
  /** Networks of libvirt by their name; missing: not known. */
  readonly networks: ReadonlyMap<string, LibvirtNetwork>
  /** The functions that carry network interfaces, by the name of the interface; missing: not known. */
  readonly netdevs: ReadonlyMap<string, PciAddress>
}

export const NO_SURROUNDINGS: Surroundings = {
  mappings: null,
  node: null,
  networks: new Map(),
  netdevs: new Map(),
}
