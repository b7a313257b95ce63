import type { PciAddress } from '../host/pci-address.js'
import type { VmFacts, VmInterface } from '../host/vm-facts.js'
import type { PolicyId } from '../policy/policies/index.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import type { MappingProperties } from './inputs/pve-mapping.js'
import type { NotFollowed } from './inputs/vm-input.js'
import type { VmmId } from './vmm.js'

/** A function that a VM is to get. */
export interface WantedFunction {
  readonly address: PciAddress
  /** Whoever starts the VM binds it to vfio-pci first (libvirt's `managed='yes'`, Proxmox); null: that is not known. */
  readonly managed: boolean | null
  /** Whoever starts the VM binds the rest of the IOMMU group too; none: it does not. */
  readonly along?: 'group'
  /** The interface that the input names for the function; null: none. */
  readonly via: VmInterface | null
  /** The VF token that the input states, or any word for one that a plan has it state: only its presence counts; null: none. */
  readonly token: string | null
  /** What Proxmox compares before it starts the VM; null: nothing. */
  readonly mapped: MappedAs | null
  /** How often the input gives it to the VM: more than once is an error of the input. */
  readonly times: number
}

/** A function that a resource mapping of Proxmox stands for. */
export interface MappedAs {
  /** Name of the mapping. */
  readonly mapping: string
  /** What the mapping says of the function. */
  readonly expected: MappingProperties
  /** Of the functions of one entry only the first has its group compared. */
  readonly compares: 'all' | 'all-but-group'
}

/** One VM as an input describes it, its functions found on the host. */
export interface VmRequest {
  /** Name of the domain, number of the guest; null: the functions were named on the command line. */
  readonly name: string | null
  /** What runs it: QEMU, as long as nothing is said of it. */
  readonly vmm: VmmId
  /** In the order of the input, each once. */
  readonly functions: readonly WantedFunction[]
  /** What may give it further functions, and does not say which: its verdict is open then. */
  readonly notFollowed: readonly NotFollowed[]
  /** What gives it one of several functions: the VMs of one such choice are one VM, with one function or another. */
  readonly oneOf: string | null
}

/** A host as it was read, or as a plan would leave it. */
export interface PreflightHost {
  readonly host: AnalysedHost
  /** What only a start of a VM asks about. */
  readonly facts: VmFacts
}

export interface PreflightQuestion {
  readonly vms: readonly VmRequest[]
  /** `auto`: as the input says, else the group file where the host has such files. */
  readonly via: VmInterface | 'auto'
  /** The rule by which a hot reset is judged; null: that of the kernel for the way in. */
  readonly policy: PolicyId | null
  /** A hot reset must not reach beyond the function's own IOMMU group. */
  readonly withinGroup: boolean
  /** Looks for plans; without them the answer is several times as fast. */
  readonly plans: boolean
}
