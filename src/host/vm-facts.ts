import type { Observed } from './gap.js'
import type { PciAddress } from './pci-address.js'

/** The interface through which a VM gets functions: the files of their groups, or their device files and one iommufd. */
export type VmInterface = 'group' | 'iommufd'

/** What only the start of a VM asks a host about; read for the functions and groups concerned alone. */
export interface VmFacts {
  /** `reserved_regions` by group number. A group that was not asked about is not in it. */
  readonly reservedRegions: ReadonlyMap<number, Observed<readonly ReservedRegion[]>>
  /** `d3cold_allowed` by function; null: no such file. */
  readonly d3coldAllowed: ReadonlyMap<PciAddress, Observed<boolean | null>>
  /** Names under which the host uses a function: interfaces, disks, sound cards. Missing: none were found. */
  readonly names: ReadonlyMap<PciAddress, readonly string[]>
}

/** `remapped`: x86 with interrupt remapping (`IR-` chips) or an ITS; `direct`: x86 chips without it. */
export type InterruptIsolation = 'remapped' | 'direct'

/** One line of `reserved_regions` (`iommu_group_show_resv_regions`). */
export interface ReservedRegion {
  /** First and last byte, as the kernel writes them: `0x00000000fee00000`. */
  readonly start: string
  readonly end: string
  /** `direct`, `direct-relaxable`, `reserved`, `msi`, or what a later kernel says. */
  readonly type: string
}
