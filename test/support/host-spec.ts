import type { FunctionSpec } from './functions.js'
import type { HostFiles } from './host-files.js'

/** A host from literals; everything but the functions has a default. */
export interface HostSpec {
  readonly functions: readonly FunctionSpec[]
  /** `proc/sys/kernel/osrelease`; 6.12.117 unless told. null: not captured. */
  readonly kernel?: string | null
  /** `proc/version`; made from `kernel` unless told. */
  readonly procVersion?: string
  readonly cmdline?: string
  /** Which IOMMU; left out: Intel's if any function has a group, else none. */
  readonly iommu?: 'intel' | 'amd' | 'smmu' | null
  /** `enable_unsafe_noiommu_mode`; groups are then fake unless `groups` names them otherwise. */
  readonly noiommu?: boolean
  /** Device cdevs; left out: from 6.6 on. */
  readonly cdev?: boolean
  /** The tree has no `dev` at all. */
  readonly dev?: boolean
  readonly groups?: readonly GroupSpec[]
  /** Slots beside those that ports with `pciehp` make. */
  readonly slots?: readonly SlotSpec[]
  readonly holders?: readonly HolderSpec[]
  /** Where root buses hang that are not directly below `sys/devices`: `{'0000:00': 'sys/devices/platform/x/pci0000:00'}`. */
  readonly rootPaths?: Readonly<Record<string, string>>
  /** Paths in the order in which the kernel made them (`HostTree.madeAt`); left out: that is not told. */
  readonly made?: readonly string[]
  /** Files over what was built. */
  readonly files?: HostFiles
}

/** More about a group than its members' numbers say. */
export interface GroupSpec {
  readonly id: number
  readonly type?: string
  /** `vfio-noiommu` marks a fake group; null: unnamed. */
  readonly name?: string | null
  /** Members that are no PCI functions. */
  readonly others?: readonly { readonly name: string; readonly driver: string | null }[]
}

export interface SlotSpec {
  readonly name: string
  /** `dddd:bb:dd`, or `dddd:bb` for a placeholder. */
  readonly address: string
}

/** A process that holds a vfio file open. */
export interface HolderSpec {
  readonly pid: number
  readonly command: string
  readonly fd: number
  readonly target: string
  /** Function that fdinfo names (6.18+). */
  readonly device?: string
}

/** Name of a group: stated, or what a host with fake groups alone gives it; null: none. */
export function groupName(spec: HostSpec, id: number): string | null {
  const described = spec.groups?.find((each) => each.id === id)
  if (described?.name !== undefined) return described.name
  return spec.noiommu === true && (spec.iommu ?? null) === null ? 'vfio-noiommu' : null
}

/** Major and minor number as one: 612 for 6.12. A host without a release counts as the newest. */
export function releaseOf({ kernel = '6.12.117' }: HostSpec): number {
  if (kernel === null) return Number.POSITIVE_INFINITY
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10))
  return major * 100 + minor
}

/** Whether this kernel has cdevs for vfio devices. */
export function hasCdev(spec: HostSpec): boolean {
  return spec.cdev ?? releaseOf(spec) >= 606
}
