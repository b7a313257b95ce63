import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { HostNeedKind } from '../host/raw-host.js'
import type { DriverName, GroupNumber, ProcessId } from '../host/scalars.js'
import type { VmInterface } from '../host/vm-facts.js'

/** One step of a plan: facts only, the commands are made from them in the report. */
export type PlanStep =
  /** `ids`: `10de:2204`, by which a module option names it; null: not read. */
  | {
      readonly do: 'bind'
      readonly device: PciAddress
      readonly from: string | null
      readonly ids: string | null
    }
  | { readonly do: 'unbind'; readonly device: PciAddress; readonly from: string }
  /** A member of a group that is no PCI function. */
  | {
      readonly do: 'unbind-other'
      readonly device: null
      readonly group: GroupNumber
      readonly name: string
      readonly from: string
    }
  | { readonly do: 'disable-vfs'; readonly device: PciAddress; readonly vfs: readonly PciAddress[] }
  /** The VM gets this function too. */
  | { readonly do: 'give'; readonly device: PciAddress; readonly vm: string | null }
  /** The input gives it to the VM once only. */
  | { readonly do: 'give-once'; readonly device: PciAddress }
  /** Another VM of the question gives the function up. */
  | { readonly do: 'withhold'; readonly device: PciAddress; readonly vm: string | null }
  | {
      readonly do: 'end-holder'
      readonly device: PciAddress
      readonly pid: ProcessId
      readonly command: string
    }
  | { readonly do: 'use-way'; readonly device: null; readonly way: VmInterface }
  | { readonly do: 'state-token'; readonly device: PciAddress; readonly pf: PciAddress }
  | { readonly do: 'omit-token'; readonly device: PciAddress }
  | {
      readonly do: 'allow-unsafe-interrupts'
      readonly device: null
      readonly way: VmInterface
    }
  | { readonly do: 'add-parameter'; readonly device: null; readonly parameter: string }
  | { readonly do: 'remove-parameter'; readonly device: null; readonly parameter: string }
  /** The setting of the firmware for VT-d or AMD-Vi. */
  | { readonly do: 'enable-in-firmware'; readonly device: null }

/** What the host, or whoever starts VMs, loses by a step. */
export type Loss =
  | DriverLoss
  | NeedLoss
  /** These VFs are switched off. */
  | { readonly kind: 'vfs'; readonly vfs: PciAddresses }
  /** These functions are there only while the driver is: the domain behind a VMD endpoint. */
  | { readonly kind: 'domain'; readonly functions: PciAddresses }
  /** The host has to be rebooted. */
  | { readonly kind: 'reboot' }
  /** Nobody else can have the function meanwhile. */
  | { readonly kind: 'exclusive' }
  | ProcessLoss
  /** That VM runs without the function. */
  | { readonly kind: 'other-vm'; readonly vm: VmName }
  /** A guest can then forge interrupts of the host. */
  | { readonly kind: 'forged-interrupts' }

/** The host loses what the driver made of the function. */
export interface DriverLoss {
  readonly kind: 'driver'
  readonly driver: DriverName
  /** Interfaces, disks, sound cards: `eth0`, `nvme0`. */
  readonly names: readonly string[]
}

/** The host loses what it needs the function for, or may do so: it could not be followed to the end. */
export interface NeedLoss {
  /** `possible-need`: what rests on the function could not be followed to its end. */
  readonly kind: 'host-need' | 'possible-need'
  readonly need: HostNeedKind
  /** What was traced to the function: a mount point, a disk, an interface. */
  readonly detail: string
}

/** This process has to end. */
export interface ProcessLoss {
  readonly kind: 'process'
  readonly pid: ProcessId
  /** Its name (`/proc/PID/comm`). */
  readonly command: string
}

/** Name of a VM as its description gives it: of the domain, number of the guest; null: the description gives none. */
export type VmName = string | null

export interface PlannedStep {
  readonly step: PlanStep
  readonly losses: readonly Loss[]
}

/** Why nothing that could be done turns a `fail` into a pass. */
export type NoPlanReason =
  /** The function is not on this host. */
  | 'no-such-function'
  /** The function does not answer. */
  | 'dead'
  /** The function is a bridge, and vfio-pci does not bind to bridges. */
  | 'not-an-endpoint'
  /** vfio-pci has the function on its denylist. */
  | 'denied'
  /** Firmware reserves memory for the group. */
  | 'firmware'
  /** The function is there only while vmd is bound to its controller, and while it is the group does not open. */
  | 'behind-vmd'
  /** It goes with another function that is given too. */
  | 'gone-with'
  /** Its VFs would go, and they are given too. */
  | 'takes-given'
  /** No IOMMU translates for the function. */
  | 'no-iommu-above'
  /** The platform is none where firmware setup or a parameter switches an IOMMU on. */
  | 'no-iommu-platform'
  /** It would take away what the host needs. */
  | 'host-needs'
  /** It may take away what the host needs: what tells was not read, or could not be followed. */
  | 'host-may-need'
  /** The reset affects a bridge. */
  | 'bridge-inside'
  /** The function is on a root bus. */
  | 'root-bus'
  /** The function is a VF on a bus that SR-IOV made. */
  | 'virtual-bus'
  /** The kernel never resets that bus. */
  | 'quirk'
  /** This kernel keeps each VF in a dev_set of its own. */
  | 'vf-split'
  /** The reset affects functions of another dev_set. */
  | 'other-dev-set'
  /** A slot came or went between the binding of functions. */
  | 'slot-moved'
  /** This kernel lacks the interface. */
  | 'kernel'
  /** The reset reaches beyond the function's own IOMMU group. */
  | 'outside-group'
  /** What was not read stands in the way of any proof. */
  | 'unread'
  /** None of the plans that were tried helps. */
  | 'not-found'

export type PlanAnswer =
  | {
      readonly found: true
      readonly steps: readonly PlannedStep[]
      readonly proof: Proof
    }
  | { readonly found: false; readonly why: NoPlanReason; readonly at: PciAddress | null }

/** What the same checks say on a host to which the steps of a plan were applied in memory. */
export type Proof =
  /** They pass. */
  | 'passes'
  /** After a reboot with an IOMMU the host looks different, so only the first part can be planned. */
  | 'ask-again'
