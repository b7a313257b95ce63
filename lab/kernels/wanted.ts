import type { ArchivePackage } from '../archive/archive.js'
import { newest } from '../archive/archive.js'
import type { Architecture } from './kernel.js'

/** A kernel line that the lab asks. */
export interface WantedKernel {
  readonly id: string
  readonly kind: 'distribution' | 'built'
  readonly architecture: Architecture
  /** null: the newest that the archive offers. */
  readonly line: string | null
  /** Machines that it is asked about; null: all that it can run. */
  readonly topologies: readonly string[] | null
}

const ANY = { kind: 'distribution', architecture: 'amd64', topologies: null } as const

/**
 * The oldest line that the model knows, those in wide use, and the newest; cdev and noiommu need built ones. 6.16 and 7.2 stand
 * on the near side of rules that changed after 6.12 and are asked about those alone.
 */
export const WANTED_KERNELS: readonly WantedKernel[] = [
  { ...ANY, id: 'debian-5.10', line: '5.10' },
  { ...ANY, id: 'debian-6.1', line: '6.1' },
  { ...ANY, id: 'debian-6.12', line: '6.12' },
  {
    ...ANY,
    id: 'debian-6.16',
    line: '6.16',
    topologies: ['virtio-iommu', 'never-bound', 'tokens', 'moving-slots'],
  },
  { ...ANY, id: 'debian-7.2', line: '7.2', topologies: ['moving-slots', 'tokens', 'slots'] },
  { ...ANY, id: 'debian-newest', line: null },
  { ...ANY, id: 'arm64-6.12', line: '6.12', architecture: 'arm64' },
  { ...ANY, id: 'arm64-newest', line: null, architecture: 'arm64' },
  { ...ANY, id: 'lab-6.12', line: '6.12', kind: 'built' },
  { ...ANY, id: 'lab-newest', line: null, kind: 'built' },
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

const IMAGES: Readonly<Record<Architecture, RegExp>> = {
  amd64: /^linux-image-(\d+\.\d+)\.\d(?!.*-(?:cloud|rt)-)[\w.+-]*-amd64$/,
  arm64: /^linux-image-(\d+\.\d+)\.\d(?!.*-(?:cloud|rt|16k)-)[\w.+-]*-arm64$/,
}
const SOURCE = /^linux-source-(\d+\.\d+)$/

/** Pattern of the packages that hold kernels of a kind. */
export function packagePattern({
  kind,
  architecture,
}: Pick<WantedKernel, 'kind' | 'architecture'>): RegExp {
  return kind === 'built' ? SOURCE : IMAGES[architecture]
}

/** The newest release of the wanted line; candidates for a release do not count. undefined: gone from the archive. */
export function chooseKernel(
  wanted: Pick<WantedKernel, 'kind' | 'architecture' | 'line'>,
  packages: readonly ArchivePackage[],
): ArchivePackage | undefined {
  const { line } = wanted
  const pattern = packagePattern(wanted)
  return newest(
    packages.filter(({ name, version }) => {
      const found = pattern.exec(name)?.[1]
      return found !== undefined && (line ?? found) === found && !/~rc\d/.test(version)
    }),
  )
}
