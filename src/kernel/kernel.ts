import type { RawFunction, RawHost, RawSystem } from '../host/raw-host.js'
import { type KernelLine, type KernelRelease, parseKernelRelease } from './kernel-release.js'
import { type Vendor, vendorOf } from './vendor.js'

/** The kernel whose rules answer: which release it is, whose, and what the host shows of it. */
export interface Kernel {
  /** The release that it was built from, as far as that is told. */
  readonly release: KernelRelease
  readonly from: 'host' | 'option' | 'assumed'
  /** null: mainline, or a stable release. */
  readonly vendor: Vendor | null
  /** The files of the host were written by this kernel, so that they are evidence of what it does. */
  readonly isRunning: boolean
  /** The first release whose VFIO writes the files that the host shows; null: they tell nothing. */
  readonly shown: KernelLine | null
}

/** Older releases were never read: nothing is said for them. */
export const OLDEST = { text: '5.8', major: 5, minor: 8 } as const

/** Newest release the model was compared with: used where a host states none. */
export const NEWEST: KernelRelease = { text: '7.3.4', major: 7, minor: 3, patch: 4 }

/**
 * The kernel that answers: `option` wins; an option equal to the host's own `uname -r` means the host's effective release;
 * without any release, or with one that cannot be read, the newest modelled one is assumed
 * (`docs/reference/commands.md#which-kernel`).
 */
export function kernelOf(raw: RawHost, option: KernelRelease | undefined): Kernel {
  const { osRelease } = raw.system
  const own = osRelease.known ? osRelease.value : undefined
  if (option !== undefined && option.text !== own) {
    const shown = own === undefined ? shownLevel(raw) : null
    const vendor = vendorOf(option)
    return {
      release: asMeasured(option),
      from: 'option',
      vendor,
      isRunning: own === undefined,
      shown,
    }
  }
  const named = parseKernelRelease(own ?? '')
  const effective = parseKernelRelease(statedBase(raw.system) ?? own ?? '') ?? option ?? NEWEST
  const stated = effective === NEWEST ? 'assumed' : 'host'
  return {
    release: asMeasured(effective),
    from: option === undefined ? stated : 'option',
    vendor: vendorOf(named ?? effective),
    isRunning: true,
    shown: shownLevel(raw),
  }
}

/**
 * The stable release behind the name of a package: `Debian X.Y.Z-R` in `proc/version` stands behind the build number (`#1
 * SMP`; the `Debian` before that is the compiler's version), Ubuntu's is the last word of `proc/version_signature`.
 */
function statedBase({ procVersion, versionSignature }: RawSystem): string | undefined {
  const version = procVersion.known ? procVersion.value : ''
  const signature = versionSignature.known ? (versionSignature.value ?? '') : ''
  const build = version.search(/ #\d{1,9} /)
  return (
    /\bDebian (\d+\.\d+\.\d+)-/.exec(build < 0 ? '' : version.slice(build))?.[1] ??
    /^Ubuntu \S+ (\d+\.\d+\.\d+)$/.exec(signature)?.[1]
  )
}

/** Package names among the measured releases that hide a patch level, with the level measured. */
const MEASURED_PATCHES: ReadonlyMap<string, number> = new Map([
  ['6.1.0-56-amd64', 192],
  ['6.1.0-57-amd64', 192],
])

function asMeasured(release: KernelRelease): KernelRelease {
  const patch = MEASURED_PATCHES.get(release.text)
  return patch === undefined ? release : { ...release, patch }
}

/** Files of VFIO that newer kernels write, the newest first. */
function shownLevel(raw: RawHost): KernelLine | null {
  const { devVfioDevices } = raw.system
  const nodes = devVfioDevices.known ? devVfioDevices.value : []
  const registered = raw.functions.flatMap(vfioDevOf)
  const names = [...nodes, ...registered.filter(({ cdev }) => cdev).map(({ name }) => name)]
  if (names.some((name) => name.startsWith('noiommu-'))) return { major: 7, minor: 3 }
  if (names.length > 0) return { major: 6, minor: 6 }
  return registered.length > 0 ? { major: 6, minor: 1 } : null
}

function vfioDevOf({ vfioDev }: RawFunction) {
  return vfioDev.known && vfioDev.value !== null ? [vfioDev.value] : []
}
