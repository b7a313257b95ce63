import type { GapWhy } from '../host/gap.js'
import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { GroupNumber, TreeFile } from '../host/scalars.js'
import type { AcsBit } from './acs.js'
import type { AcsQuirkId } from './acs-quirk-table.js'
import type { GroupingRule } from './grouping-rule.js'

/**
 * One fact about isolation, at the function `at` where it is about one: what isolates a function or fails to, why several
 * share a group, and why the groups of a host differ from what its registers say.
 */
export type IsolationFinding =
  | NotIsolated
  | Isolates
  | Shares
  | StrictLeak
  | NoTranslation
  | OtherGroupingRule
  | IsolationUnknown
  | DifferenceCause

/** The function does not keep requests of those around it apart (`pci_acs_enabled` says no). */
export type NotIsolated =
  /** A port or a multifunction endpoint without the ACS capability. */
  | { readonly kind: 'no-acs-capability'; readonly at: PciAddress }
  | AcsNotEnabled
  /** A PCIe-to-PCI bridge: it issues the requests of all below under its own ID. */
  | { readonly kind: 'pcie-to-pci-bridge'; readonly at: PciAddress }
  /** A PCI-to-PCIe bridge: it issues the requests of all below under its own ID. */
  | { readonly kind: 'pci-to-pcie-bridge'; readonly at: PciAddress }
  /** A bridge without PCIe capability: it issues the requests of all below under its own ID. */
  | { readonly kind: 'conventional-bridge'; readonly at: PciAddress }
  /** A function without PCIe capability: conventional PCI has no ACS. */
  | { readonly kind: 'conventional-function'; readonly at: PciAddress }
  /** A root complex event collector, which the kernel never treats as isolated. */
  | { readonly kind: 'rc-event-collector'; readonly at: PciAddress }
  /** A row of the kernel's quirk table says no, whatever the registers say. */
  | { readonly kind: 'quirk-denies'; readonly at: PciAddress; readonly quirk: AcsQuirkId }

/** The function could enforce more than it does. */
export interface AcsNotEnabled {
  readonly kind: 'acs-not-enabled'
  readonly at: PciAddress
  /** Bits that the capability has and the control register lacks. */
  readonly missing: readonly AcsBit[]
}

/** A row of the kernel's quirk table vouches for the function. */
export interface Isolates {
  readonly kind: 'quirk-isolates'
  readonly at: PciAddress
  readonly quirk: AcsQuirkId
  /** The row counts only if a chipset workaround took hold at boot, which sysfs does not show. */
  readonly assumed: boolean
  /** Releases that do not have the row, where the host states none; a kernel that is known has it. */
  readonly lackedBy: readonly string[]
}

/** Why two functions are one to the IOMMU. */
export type Shares =
  | TalkingFunctions
  /**
   * `at` was registered after the others of its slot, and got a group of its own before the kernel knew it for one
   * function of several: the group claims an isolation that nothing vouches for.
   */
  | { readonly kind: 'grouped-as-single-function'; readonly at: PciAddress }
  /** `at` issues requests under the ID of `to`. */
  | { readonly kind: 'dma-alias'; readonly at: PciAddress; readonly to: PciAddress }
  /** `at` may alias others of its bus: its IDs stand in device memory, which nobody reads here. */
  | { readonly kind: 'dma-alias-unpredictable'; readonly at: PciAddress }
  /** `at` is in a domain behind the VMD endpoint `vmd` and uses its requester ID; ACS below it is never looked at. */
  | { readonly kind: 'vmd-requester'; readonly at: PciAddress; readonly vmd: PciAddress }

/** Functions of one slot that can talk inside the device: `at` and each of `with` are multifunction and not isolated. */
export interface TalkingFunctions {
  readonly kind: 'multifunction-not-isolated'
  readonly at: PciAddress
  readonly with: PciAddresses
}

/**
 * Below one switch, at least one downstream port (`permissive`) lets requests pass to its siblings, so `at`, which is
 * at or below `port`, and whatever is below `reaches` can reach each other although the kernel keeps separate groups.
 */
export interface StrictLeak {
  readonly kind: 'strict-sibling-leak'
  readonly at: PciAddress
  /** Downstream port that `at` is or is below. */
  readonly port: PciAddress
  /** Downstream ports that let requests pass sideways. */
  readonly permissive: PciAddresses
  /** The other downstream ports of the switch. */
  readonly reaches: PciAddresses
}

/** The function has no group that an IOMMU stands behind. */
export type NoTranslation =
  | NoIommuGroup
  /** Group of unsafe no-IOMMU mode: it isolates nothing. */
  | { readonly kind: 'fake-iommu-group'; readonly at: PciAddress; readonly group: GroupNumber }

/** No group at all: nothing limits its DMA. */
export interface NoIommuGroup {
  readonly kind: 'no-iommu-group'
  readonly at: PciAddress
  /** Whether an IOMMU is in use for other functions of the host; null: that is not known. */
  readonly iommuInUse: boolean | null
}

/** The kernel groups by another rule than ACS and topology, so nothing here explains the group of `at`. */
export interface OtherGroupingRule {
  readonly kind: 'other-grouping-rule'
  readonly at: PciAddress
  readonly rule: Exclude<GroupingRule, 'pci-device-group'>
}

/** A register that decides was not read. */
export interface IsolationUnknown {
  readonly kind: 'isolation-unknown'
  readonly at: PciAddress
  readonly path: TreeFile
  readonly why: GapWhy
}

/** What can explain that the groups of a host differ from those that its registers predict. */
export type DifferenceCause =
  | AcsOverride
  | AcsClearedSince
  /** Coarser than predicted: the row of the quirk table is absent from this kernel, or its workaround failed. */
  | { readonly kind: 'quirk-not-active'; readonly at: PciAddress; readonly quirk: AcsQuirkId }
  /** Coarser than predicted: the bits are set now, but were not when the group was formed. */
  | { readonly kind: 'acs-enabled-since'; readonly at: PciAddress }
  /** Coarser than predicted on an AMD host: firmware (IVRS) may alias these functions of one bus. */
  | { readonly kind: 'ivrs-alias-possible'; readonly at: PciAddress }
  | AcsParameter
  /** Nothing that is known here explains it. */
  | { readonly kind: 'difference-unexplained'; readonly at: PciAddress }

/** Finer than predicted, and the out-of-tree override names this function: hardware isolates nothing here. */
export interface AcsOverride {
  readonly kind: 'acs-override'
  readonly at: PciAddress
  /** Value of `pcie_acs_override` on the kernel command line. */
  readonly parameter: string
}

/** Finer than predicted: bits were cleared after the groups were formed. The groups claim what no longer holds. */
export interface AcsClearedSince {
  readonly kind: 'acs-cleared-since'
  readonly at: PciAddress
  /** Bits that the capability has and the control register lacks. */
  readonly missing: readonly AcsBit[]
}

/** A kernel parameter that changes ACS registers is in force. */
export interface AcsParameter {
  readonly kind: 'acs-parameter'
  /** Its name: `pci=config_acs=…` or `pci=disable_acs_redir=…`. */
  readonly parameter: 'config_acs' | 'disable_acs_redir'
  /** Its value as written. */
  readonly value: string
}

export type IsolationFindingKind = IsolationFinding['kind']
