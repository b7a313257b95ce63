/** Debian's name of what a guest's processor is: emulated either way. */
export type Architecture = 'amd64' | 'arm64'

/** A kernel that guests can boot, kept in the cache. */
export interface Kernel {
  /** How the lab calls it: `debian-6.1`, or `lab-6.12` for one built with cdev and noiommu. */
  readonly id: string
  readonly kind: 'distribution' | 'built'
  /** Absent in the cache of older runs: amd64. */
  readonly architecture?: Architecture
  /** Debian package and version that it comes from. */
  readonly package: string
  readonly version: string
  /** Day on which the package was made, `2026-11-10`; absent in the cache of older runs. */
  readonly date?: string
  /** `uname -r`. */
  readonly release: string
  /** Folder with `vmlinuz`, and for a distribution kernel `modules/`. */
  readonly folder: string
  /** Modules in the order in which they are loaded: first those that the guest's file share needs. */
  readonly modules: { readonly early: readonly string[]; readonly late: readonly string[] }
}

/** A kernel that was wanted and is not to be had, and why. */
export interface MissingKernel {
  readonly id: string
  readonly reason: string
}

export function architectureOf({ architecture }: Pick<Kernel, 'architecture'>): Architecture {
  return architecture ?? 'amd64'
}

/** Whether a kernel has device cdevs and noiommu: Debian's own packages leave both out. */
export function hasEveryDoor({ kind }: Kernel): boolean {
  return kind === 'built'
}
