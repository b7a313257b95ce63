import type { PciAddress } from '../host/pci-address.js'
import type { BoundDriver, GroupNumber } from '../host/scalars.js'
import type { IsolationFinding } from '../iommu/findings.js'

/** The IOMMU group of the function. */
export type GroupReason =
  /** The host has no IOMMU that translates: no function has a group. */
  | { readonly kind: 'no-iommu' }
  | FakeGroup
  /** The bridge `address` is in the group too; that is allowed. */
  | { readonly kind: 'bridge-in-group'; readonly address: PciAddress; readonly group: GroupNumber }
  | StrangerInGroup
  | StrangerUnread
  | TakenAlong
  | TakenDenied
  | ReachedAround
  | OverriddenAcs
  /** ACS was switched off at `at` after the groups were made: they promise more than the hardware does now. */
  | { readonly kind: 'stale-isolation'; readonly address: PciAddress; readonly at: PciAddress }
  | ChangedAcs
  | DirectRegion

/** The group is one of unsafe no-IOMMU mode: nothing translates for the function. */
export interface FakeGroup {
  readonly kind: 'fake-group'
  readonly address: PciAddress
  /** Number of its group; null: not read. */
  readonly group: GroupNumber | null
}

/** The function `address` is in the group too, and the VM does not get it: nobody else can have it meanwhile. */
export interface StrangerInGroup {
  readonly kind: 'stranger-in-group'
  readonly address: PciAddress
  readonly group: GroupNumber
  readonly driver: BoundDriver
}

/** The same of a function whose driver was not read. */
export interface StrangerUnread {
  readonly kind: 'stranger-unread'
  readonly address: PciAddress
  readonly group: GroupNumber
}

/** Whoever starts the VM binds the function `address` of the group to vfio-pci too, although the VM does not get it. */
export interface TakenAlong {
  readonly kind: 'taken-along'
  readonly address: PciAddress
  readonly group: GroupNumber
  /** The driver that loses it. */
  readonly driver: BoundDriver
  /** The device, as Proxmox writes all its functions, where the VM gets another one of them; null: it gets none. */
  readonly device: string | null
}

/** Whoever starts the VM binds the whole group to vfio-pci, and vfio-pci refuses the function `address` of it (`pci_dev_group_bind_to_vfio` dies). */
export interface TakenDenied {
  readonly kind: 'taken-denied'
  readonly address: PciAddress
  readonly group: GroupNumber
  /** Which devices the row of the denylist names. */
  readonly what: string
}

/** Others reach the function without passing the IOMMU, whatever its group says. */
export interface ReachedAround {
  readonly kind: 'reached-around'
  readonly address: PciAddress
  /** The fact that lets them, as `inspect` states it. */
  readonly finding: IsolationFinding
}

/** The kernel was told to pretend isolation: the group is finer than what the hardware keeps apart. */
export interface OverriddenAcs {
  readonly kind: 'acs-override'
  readonly address: PciAddress
  /** Value of `pcie_acs_override` on the kernel command line. */
  readonly parameter: string
}

/** The kernel was told to change ACS registers, and the groups differ from what the registers say. */
export interface ChangedAcs {
  readonly kind: 'acs-parameter'
  /** Name of the parameter of `pci=`. */
  readonly parameter: string
  /** Its value as written. */
  readonly value: string
}

/** Firmware wants this memory mapped one to one for the group (RMRR, IVMD), so that the kernel gives it to no VM. */
export interface DirectRegion {
  readonly kind: 'direct-region'
  readonly group: GroupNumber
  /** First byte, as the kernel writes it: `0x00000000000c0000`. */
  readonly start: string
  /** Last byte, as the kernel writes it. */
  readonly end: string
}
