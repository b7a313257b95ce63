/** Resource mappings of a Proxmox cluster, below the root of a host. */
export const MAPPING_FILE = 'etc/pve/mapping/pci.cfg'

/** The name by which the mappings know the host. */
export const NODE_FILE = 'proc/sys/kernel/hostname'

/** So many bytes a list of mappings may have. */
export const MAPPING_LIMIT = 1_048_576

/** Definitions of libvirt's networks, `NAME.xml` each. */
export const NETWORKS = 'etc/libvirt/qemu/networks'

/** So many bytes the definition of a network may have. */
export const NETWORK_LIMIT = 262_144
