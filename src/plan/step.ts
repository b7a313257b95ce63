import type { NeedKind } from '../host/need-words.js'
import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber, ProcessId } from '../host/scalars.js'
import type { Way } from '../host/vm-facts.js'

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
  | { readonly do: 'use-way'; readonly device: null; readonly way: Way }
  | { readonly do: 'state-token'; readonly device: PciAddress; readonly pf: PciAddress }
  | { readonly do: 'omit-token'; readonly device: PciAddress }
  | {
      readonly do: 'allow-unsafe-interrupts'
      readonly device: null
      readonly way: Way
    }
  | { readonly do: 'add-parameter'; readonly device: null; readonly parameter: string }
  | { readonly do: 'remove-parameter'; readonly device: null; readonly parameter: string }
  /** The setting of the firmware for VT-d or AMD-Vi. */
  | { readonly do: 'enable-in-firmware'; readonly device: null }

/** What the host, or whoever starts VMs, loses by a step. */
export type Loss =
  /** The host loses what the driver made of it: `eth0`, `nvme0`. */
  | { readonly kind: 'driver'; readonly driver: string; readonly names: readonly string[] }
  | { readonly kind: 'host-need'; readonly need: NeedKind; readonly detail: string }
  | { readonly kind: 'vfs'; readonly vfs: readonly PciAddress[] }
  | { readonly kind: 'reboot' }
  /** Nobody else can have the function meanwhile. */
  | { readonly kind: 'exclusive' }
  | { readonly kind: 'process'; readonly pid: ProcessId; readonly command: string }
  | { readonly kind: 'other-vm'; readonly vm: string | null }
  /** A guest can then forge interrupts of the host. */
  | { readonly kind: 'forged-interrupts' }

export interface PlannedStep {
  readonly step: PlanStep
  readonly losses: readonly Loss[]
}

/** Why nothing that could be done turns a `fail` into a pass. */
export type NoPlanReason =
  | 'no-such-function'
  | 'dead'
  | 'not-an-endpoint'
  | 'firmware'
  | 'no-iommu-above'
  | 'host-needs'
  | 'bridge-inside'
  | 'root-bus'
  | 'virtual-bus'
  | 'quirk'
  | 'vf-split'
  | 'other-dev-set'
  | 'kernel'
  | 'outside-group'
  /** What was not read stands in the way of any proof. */
  | 'unread'
  | 'not-found'

export type PlanAnswer =
  | {
      readonly found: true
      readonly steps: readonly PlannedStep[]
      /**
       * What the same checks say on a host to which the steps were applied in memory. `ask-again`: after a reboot with
       * an IOMMU the host looks different, so only the first part can be planned.
       */
      readonly proof: 'passes' | 'ask-again'
    }
  | { readonly found: false; readonly why: NoPlanReason; readonly at: PciAddress | null }

/** Whether a host goes down or is cut off without it. A dark screen or a dead keyboard can be what was wanted. */
export function isVital(need: NeedKind): boolean {
  return VITAL.has(need)
}

const VITAL: ReadonlySet<NeedKind> = new Set([
  'boot-disk',
  'root-filesystem',
  'swap',
  'active-route',
])
