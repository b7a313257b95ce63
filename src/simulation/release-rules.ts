import { known, type Observed, unknown } from '../host/gap.js'
import type { KernelProfile } from '../vfio/kernel-profile.js'
import { isAtLeast, isOfLine, type KernelRelease } from '../vfio/kernel-release.js'

/** How a release answers single calls, beyond what decides a static verdict (`docs/reference/hot-reset.md`). */
export interface ReleaseRules {
  /** 6.2+: `/dev/iommu` exists and may stand in for a container; other files are then EBADFD instead of EINVAL. */
  readonly iommufd: boolean
  /** 6.6+: an array does not fit a cdev, none does not fit a group (`vfio_pci_ioctl_pci_hot_reset`). */
  readonly modeTest: boolean
  /** 5.19+: GET_DEVICE_FD looks for the name, and with it at the VF token, before it asks for the container. */
  readonly nameFirst: boolean
  /**
   * 6.6 to 6.9: INFO writes entries one by one. A short buffer then leaves flags behind, and EPERM wins over ENOSPC
   * (until "vfio/pci: Collect hot-reset devices to local buffer").
   */
  readonly infoInPieces: Observed<boolean>
  /** What BIND makes of a VF token: an unknown flag, a structure too long (until 2f03f21fe751), or a token. */
  readonly bindToken: Observed<BindToken>
  /** BIND wants the token of a VF (`vfio_df_check_token`). */
  readonly bindAsksToken: Observed<boolean>
  /** A noiommu function opened through its group on an iommufd: its ioctls work, or all are EINVAL. */
  readonly noiommuOnIommufd: Observed<boolean>
}

export type BindToken = 'unknown-flag' | 'too-long' | 'taken'

export function releaseRules({ release, dmaOwnership, cdev }: KernelProfile): ReleaseRules {
  return {
    iommufd: isAtLeast(release, 6, 2),
    modeTest: cdev,
    nameFirst: dmaOwnership,
    infoInPieces: infoInPieces(release),
    bindToken: bindToken(release),
    bindAsksToken: bindAsksToken(release),
    noiommuOnIommufd: noiommuOnIommufd(release),
  }
}

/** Stable releases of June 2024 took the local buffer; which one of the month is not known. */
const PIECES_UNTIL = [
  { minor: 6, lastWith: 32, firstWithout: 37 },
  { minor: 7, lastWith: Number.POSITIVE_INFINITY, firstWithout: Number.POSITIVE_INFINITY },
  { minor: 8, lastWith: 11, firstWithout: 13 },
  { minor: 9, lastWith: 3, firstWithout: 8 },
] as const

function infoInPieces(release: KernelRelease): Observed<boolean> {
  const line = PIECES_UNTIL.find(({ minor }) => isOfLine(release, 6, minor))
  if (line === undefined || line.minor === 7) return known(line !== undefined)
  const { patch } = release
  if (patch !== null && patch <= line.lastWith) return known(true)
  if (patch !== null && patch >= line.firstWithout) return known(false)
  return unmodelled(release, 'whether INFO fills a short buffer is unknown')
}

function bindToken(release: KernelRelease): Observed<BindToken> {
  if (isAtLeast(release, 6, 19)) return known('taken')
  if (isAtLeast(release, 6, 17) || hasTokenCheck(release) !== false) {
    return unmodelled(release, 'whether BIND takes a VF token is unknown')
  }
  return known('unknown-flag')
}

function bindAsksToken(release: KernelRelease): Observed<boolean> {
  const found = hasTokenCheck(release)
  return found === null
    ? unmodelled(release, 'whether BIND asks for the token of a VF is unknown')
    : known(found)
}

/** "vfio/pci: Do vf_token checks for VFIO_DEVICE_BIND_IOMMUFD": 6.17 and 6.16.1. null: not known. */
function hasTokenCheck(release: KernelRelease): boolean | null {
  if (isAtLeast(release, 6, 17)) return true
  if (!isOfLine(release, 6, 16)) return false
  return release.patch === null ? null : release.patch >= 1
}

/** Measured: EINVAL on 6.8, fine on 6.12.117 and what is newer; between and before them not known. */
function noiommuOnIommufd(release: KernelRelease): Observed<boolean> {
  if (isOfLine(release, 6, 8)) return known(false)
  if (isAtLeast(release, 6, 14)) return known(true)
  if (isOfLine(release, 6, 12) && release.patch !== null && release.patch >= 117) return known(true)
  return unmodelled(release, 'whether a noiommu function works on an iommufd is unknown')
}

function unmodelled(release: KernelRelease, detail: string) {
  return unknown({
    path: 'proc/sys/kernel/osrelease',
    why: 'unmodelled',
    detail: `${release.text}: ${detail}`,
  })
}
