import type { PciAddress } from '../host/pci-address.js'
import type { GroupNumber } from '../host/scalars.js'
import type { VmInterface } from '../host/vm-facts.js'
import type { VmName } from '../plan/step.js'

/** What VMs want of the same functions. */
export type ConflictReason =
  | SetInTwoVms
  | MappingDiffers
  | OpenedOtherwise
  | GroupInTwoWays
  | GivenTwice
  | GoneWith
  /** That VM gets the function too. */
  | { readonly kind: 'in-two-vms'; readonly address: PciAddress; readonly vm: VmName }
  | GroupInTwoVms

/** The VM opens the function `address`, which the hot reset affects, in another way than the one it asks through. */
export interface OpenedOtherwise {
  readonly kind: 'opened-otherwise'
  readonly address: PciAddress
  /** How `address` is opened. */
  readonly way: VmInterface
}

/** The VM opens the function `address` of the same group in another way: the group takes one way only. */
export interface GroupInTwoWays {
  readonly kind: 'group-in-two-ways'
  readonly address: PciAddress
  readonly group: GroupNumber
  /** How `address` is opened. */
  readonly way: VmInterface
}

/** The function is there only while `owner`, which is given too, keeps its driver: it is a VF of it, or behind it (VMD). */
export interface GoneWith {
  readonly kind: 'gone-with'
  readonly address: PciAddress
  readonly owner: PciAddress
}

/** The input gives the function to the VM more than once. */
export interface GivenTwice {
  readonly kind: 'given-twice'
  readonly address: PciAddress
  readonly times: TimesGiven
}

/**
 * How often.
 * @asType integer
 * @minimum 2
 */
export type TimesGiven = number

/** That VM gets the function `address` of the same group. */
export interface GroupInTwoVms {
  readonly kind: 'group-in-two-vms'
  readonly address: PciAddress
  readonly group: GroupNumber
  readonly vm: VmName
}

/** A resource mapping of Proxmox says something else of the function than the host does. */
export interface MappingDiffers {
  readonly kind: 'mapping-differs'
  readonly address: PciAddress
  /** Name of the mapping. */
  readonly mapping: string
  /** As `/etc/pve/mapping/pci.cfg` names it. */
  readonly property: 'id' | 'iommugroup' | 'subsystem-id'
  /** What the mapping says; null: it states none. */
  readonly stated: string | null
  /** What the host says; null: the function has none. */
  readonly actual: string | null
}

/** That VM gets the function `address`, which a hot reset of this one affects. */
export interface SetInTwoVms {
  readonly kind: 'set-in-two-vms'
  readonly address: PciAddress
  readonly vm: VmName
  /** Whether the kernel resets a hot-plug slot or a bus. */
  readonly scope: 'slot' | 'bus'
}
