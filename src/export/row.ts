import type { Hex16, Hex24 } from '../document/values.js'
import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { BoundDriver, Count, GroupNumber, GroupNumbers } from '../host/scalars.js'
import type { Verdict } from '../policy/verdict.js'

/**
 * One function of one host as a row of a table: flat, so that engines for tables can ask about ten thousand hosts. null is "there
 * is none", unless `unknown` names the column: then it was not read.
 */
export type ExportRow = {
  /** Version of the columns: that of the JSON documents. */
  readonly schema_version: Count
  /** Version of the tool that made the row. */
  readonly tool_version: string
  /** The host, as `--host` calls it, else its own name or that of its capture. */
  readonly host: string
  /** When the host was read, ISO 8601, UTC; unknown where a copy does not say. */
  readonly scanned_at: string | null
  /** What `uname -r` says there. */
  readonly kernel_release: string | null
  /** Its name, which others call `pciBusID`. */
  readonly pci_address: PciAddress
  /** Vendor ID. */
  readonly vendor_id: Hex16 | null
  /** Device ID. */
  readonly device_id: Hex16 | null
  /** Class, subclass and programming interface. */
  readonly class_id: Hex24 | null
  /** Name of the vendor in pci.ids. */
  readonly vendor_name: string | null
  /** Name of the device in pci.ids. */
  readonly device_name: string | null
  /** Driver that is bound to it; null: none. */
  readonly driver: BoundDriver
  /** Whether that is a driver of VFIO. */
  readonly on_vfio: boolean | null
  /** Its IOMMU group; null: it has none. */
  readonly iommu_group: GroupNumber | null
  /** NUMA node; null: the host states none. */
  readonly numa_node: Count | null
  /** Its part in SR-IOV: a physical or a virtual function; null: none. */
  readonly sriov_role: 'pf' | 'vf' | null
  /** The physical function of a virtual function. */
  readonly physfn: PciAddress | null
  /** What a hot reset resets; null: there is none. */
  readonly reset_scope: 'slot' | 'bus' | null
  /** Functions that the kernel resets and lists. */
  readonly affected: PciAddresses | null
  /** Groups of `affected`. */
  readonly affected_groups: GroupNumbers | null
  /** Kinds of what stands in the way whoever asks. */
  readonly blockers: readonly string[]
  /** Resets of the function alone that work, in the order in which the kernel tries them. */
  readonly function_resets: readonly string[] | null
  /** Whether the group that its registers predict holds this function alone. */
  readonly isolated: boolean | null
  /** Whether a user of group files who takes the function alone may hot-reset it. */
  readonly group_fds: Verdict['outcome'] | null
  /** With which errno that is refused, those that are possible joined by `|`; null: it is not, or there is nothing to call. */
  readonly group_fds_errno: string | null
  /** Whether a user of iommufd who takes the function alone may. */
  readonly iommufd: Verdict['outcome'] | null
  /** With which errno that is refused, those that are possible joined by `|`; null: it is not, or there is nothing to call. */
  readonly iommufd_errno: string | null
  /** Hash of the addresses that cannot go to different users with this one, this one among them. */
  readonly unit: string | null
  /** How many those are. */
  readonly unit_size: Count | null
  /** Whether its configuration space reads as all ones. */
  readonly dead: boolean | null
  /** Processes that have it open, by name. */
  readonly held_by: readonly string[] | null
  /** What the host itself needs it for, or may need it for. */
  readonly host_needs: readonly string[]
  /** Kinds of what `--baseline` shows to have changed about it; null: there is no baseline. */
  readonly baseline_changes: readonly string[] | null
  /** How many facts about the host were wanted and not had. */
  readonly gaps: Count
  /** Columns that were not read: their null is neither a no nor a none. */
  readonly unknown: readonly string[]
}

/** A column of the table. */
export type ColumnName = keyof ExportRow & string

/** All columns, in their order. */
export const COLUMNS = [
  'schema_version',
  'tool_version',
  'host',
  'scanned_at',
  'kernel_release',
  'pci_address',
  'vendor_id',
  'device_id',
  'class_id',
  'vendor_name',
  'device_name',
  'driver',
  'on_vfio',
  'iommu_group',
  'numa_node',
  'sriov_role',
  'physfn',
  'reset_scope',
  'affected',
  'affected_groups',
  'blockers',
  'function_resets',
  'isolated',
  'group_fds',
  'group_fds_errno',
  'iommufd',
  'iommufd_errno',
  'unit',
  'unit_size',
  'dead',
  'held_by',
  'host_needs',
  'baseline_changes',
  'gaps',
  'unknown',
] as const satisfies readonly ColumnName[]
