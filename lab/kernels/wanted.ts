import type { ArchivePackage } from '../archive/archive.js'
import { newest } from '../archive/archive.js'

/** A kernel line that the lab asks. `line` null: the newest that the archive offers. */
export interface WantedKernel {
  readonly id: string
  readonly kind: 'distribution' | 'built'
  readonly line: string | null
}

/** The oldest line that the model knows, the two in wide use, and the newest; cdev and noiommu need built ones. */
export const WANTED_KERNELS: readonly WantedKernel[] = [
  { id: 'debian-5.10', kind: 'distribution', line: '5.10' },
  { id: 'debian-6.1', kind: 'distribution', line: '6.1' },
  { id: 'debian-6.12', kind: 'distribution', line: '6.12' },
  { id: 'debian-newest', kind: 'distribution', line: null },
  { id: 'lab-6.12', kind: 'built', line: '6.12' },
  { id: 'lab-newest', kind: 'built', line: null },
]

/**
 * Suites that carry or carried kernels. One that is gone from the archive costs a warning: its kernels are then missing,
 * and the newest comes from whatever is left.
 */
export const KERNEL_SUITES: readonly string[] = [
  'bullseye',
  'bullseye-security',
  'bookworm',
  'bookworm-security',
  'bookworm-backports',
  'trixie',
  'trixie-security',
  'trixie-backports',
  'sid',
  'experimental',
]

const IMAGE = /^linux-image-(\d+\.\d+)\.\d(?!.*-(?:cloud|rt)-)[\w.+-]*-amd64$/
const SOURCE = /^linux-source-(\d+\.\d+)$/

/** Pattern of the packages that hold kernels of a kind. */
export function packagePattern(kind: WantedKernel['kind']): RegExp {
  return kind === 'built' ? SOURCE : IMAGE
}

/** The newest release of the wanted line; candidates for a release do not count. undefined: gone from the archive. */
export function chooseKernel(
  { kind, line }: WantedKernel,
  packages: readonly ArchivePackage[],
): ArchivePackage | undefined {
  const pattern = packagePattern(kind)
  return newest(
    packages.filter(({ name, version }) => {
      const found = pattern.exec(name)?.[1]
      return found !== undefined && (line ?? found) === found && !/~rc\d/.test(version)
    }),
  )
}
