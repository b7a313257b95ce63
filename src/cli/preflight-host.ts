import type { PciAddress } from '../host/pci-address.js'
import type { RawHost } from '../host/raw-host.js'
import { readVmFacts } from '../host/read/read-vm-facts.js'
import type { HostTree } from '../host/tree/tree.js'
import { buildTopology } from '../pci/build-topology.js'
import type { PreflightHost } from '../preflight/model.js'
import { concernedBy } from '../preflight/situation.js'
import type { KernelProfile } from '../vfio/kernel-profile.js'

/** Reads what only a start of a VM asks about, for VMs that get these functions. */
export function preflightHost(
  tree: HostTree,
  raw: RawHost,
  kernel: KernelProfile,
  functions: readonly PciAddress[],
): PreflightHost {
  const topology = buildTopology(raw)
  const facts = readVmFacts(tree, concernedBy(topology, kernel, functions))
  return { raw, kernel, facts, topology }
}
