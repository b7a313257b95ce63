import { known, type Observed, unknown } from '../host/gap.js'
import type { RawSystem } from '../host/raw-host.js'
import { isAtLeast, isOfLine, type KernelRelease, parseKernelRelease } from './kernel-release.js'

/**
 * How one kernel release decides, as far as releases differ (`docs/reference/hot-reset.md#releases`; measured:
 * `docs/kernel-map.md`).
 */
export interface KernelProfile {
  readonly release: KernelRelease
  readonly from: 'host' | 'option' | 'assumed'
  /** 5.8 and later; what older kernels did was never read. */
  readonly modelled: Observed<true>
  /** 5.15+: HOT_RESET asks the dev_set. Before: it walks the affected functions and asks each one's group. */
  readonly devSets: boolean
  /** 5.19+: DMA ownership is claimed at SET_CONTAINER (EPERM); before, viability is asked at GET_DEVICE_FD (EINVAL). */
  readonly dmaOwnership: boolean
  /** 5.19+: a group file without container proves ownership, also of a noiommu group. */
  readonly bareGroupFd: boolean
  /** 6.6+: device cdevs and the merged rule exist in the source. */
  readonly cdev: boolean
  /** 7.3+: noiommu functions can have a cdev. */
  readonly noiommuCdev: boolean
  /** Each VF has a dev_set of its own (e908f58b6beb "vfio/pci: Separate SR-IOV VF dev_set"). */
  readonly vfSplit: Observed<boolean>
  /** A pciehp slot covers every function of its bus (102c8b26b54e); before: device number 0 only. */
  readonly wideSlots: Observed<boolean>
}

/** Newest release the model was compared with: used where a host states none. */
export const NEWEST: KernelRelease = { text: '7.3.4', major: 7, minor: 3, patch: 4 }

/** `proc/sys/kernel/osrelease` is this file's path in every gap about the release. */
const RELEASE_PATH = 'proc/sys/kernel/osrelease'

/**
 * Profile of the host: `option` wins; an option equal to the host's own `uname -r` means the host's effective release;
 * without any release, or with one that cannot be read, the newest modelled one is assumed
 * (`docs/reference/commands.md#which-kernel`).
 */
export function hostKernelProfile(
  system: RawSystem,
  option: KernelRelease | undefined,
): KernelProfile {
  const osRelease = system.osRelease.known ? system.osRelease.value : undefined
  if (option !== undefined && option.text !== osRelease) return profileOf(option, 'option')
  const effective = parseKernelRelease(debianRelease(system) ?? osRelease ?? '')
  if (effective !== undefined) return profileOf(effective, option === undefined ? 'host' : 'option')
  return option === undefined ? profileOf(NEWEST, 'assumed') : profileOf(option, 'option')
}

/**
 * `Debian X.Y.Z-R` in `proc/version` names the stable release behind a package name such as 6.1.0-56-amd64. It stands
 * behind the build number (`#1 SMP`); the `Debian` before that is the compiler's version.
 */
function debianRelease(system: RawSystem): string | undefined {
  if (!system.procVersion.known) return undefined
  return / #\d+ .*\bDebian (\d+\.\d+\.\d+)-/.exec(system.procVersion.value)?.[1]
}

/** Package names among the measured releases that hide a patch level, with the level measured. */
const MEASURED_PATCHES: ReadonlyMap<string, number> = new Map([['6.1.0-56-amd64', 192]])

function asMeasured(release: KernelRelease): KernelRelease {
  const patch = MEASURED_PATCHES.get(release.text)
  return patch === undefined ? release : { ...release, patch }
}

function profileOf(stated: KernelRelease, from: KernelProfile['from']): KernelProfile {
  const release = asMeasured(stated)
  return {
    release,
    from,
    modelled: isAtLeast(release, 5, 8)
      ? known(true)
      : unmodelled(release, 'releases before 5.8 were never read'),
    devSets: isAtLeast(release, 5, 15),
    dmaOwnership: isAtLeast(release, 5, 19),
    bareGroupFd: isAtLeast(release, 5, 19),
    cdev: isAtLeast(release, 6, 6),
    noiommuCdev: isAtLeast(release, 7, 3),
    vfSplit: vfSplit(release),
    wideSlots: wideSlots(release),
  }
}

/** Stable lines that took the VF split at some patch level: first one known to have it, null where none was read. */
const VF_SPLIT_LINES = [
  { major: 6, minor: 1, lastWithout: 147, firstWith: 148 },
  { major: 6, minor: 6, lastWithout: 0, firstWith: null },
  { major: 6, minor: 12, lastWithout: 0, firstWith: 95 },
  { major: 6, minor: 15, lastWithout: 0, firstWith: null },
  { major: 6, minor: 16, lastWithout: 0, firstWith: null },
] as const

function vfSplit(release: KernelRelease): Observed<boolean> {
  if (isAtLeast(release, 6, 17)) return known(true)
  const line = VF_SPLIT_LINES.find(({ major, minor }) => isOfLine(release, major, minor))
  if (line === undefined) return known(false)
  const { patch } = release
  if (patch !== null && patch <= line.lastWithout) return known(false)
  if (patch !== null && line.firstWith !== null && patch >= line.firstWith) return known(true)
  return unmodelled(release, 'whether this stable release gives each VF its own dev_set is unknown')
}

/** Stable lines measured with narrow slots up to the given patch level; AUTOSEL may have changed later ones. */
const NARROW_UP_TO = [
  { major: 5, minor: 10, patch: 262 },
  { major: 6, minor: 1, patch: 192 },
  { major: 6, minor: 12, patch: 117 },
  { major: 6, minor: 18, patch: 15 },
  { major: 7, minor: 0, patch: 0 },
] as const

function wideSlots(release: KernelRelease): Observed<boolean> {
  if (isAtLeast(release, 7, 1)) return known(true)
  const line = NARROW_UP_TO.find(({ major, minor }) => isOfLine(release, major, minor))
  if (line === undefined) return known(false)
  if (release.patch !== null && release.patch <= line.patch) return known(false)
  return unmodelled(release, 'whether its pciehp slots cover the whole bus is unknown')
}

function unmodelled(release: KernelRelease, detail: string) {
  return unknown({ path: RELEASE_PATH, why: 'unmodelled', detail: `${release.text}: ${detail}` })
}
