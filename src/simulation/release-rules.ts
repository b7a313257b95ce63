import { known, mapObserved, type Observed } from '../host/gap.js'
import { carries } from '../kernel/kernel-change.js'
import type { KernelProfile } from '../vfio/kernel-profile.js'
import { KERNEL_RULES } from '../vfio/kernel-rules.js'

/** How a release answers single calls, beyond what decides a static verdict (`docs/reference/hot-reset.md`). */
export interface ReleaseRules {
  /** 6.2+: `/dev/iommu` exists and may stand in for a container; other files are then EBADFD instead of EINVAL. */
  readonly iommufd: Observed<boolean>
  /** 6.6+: an array does not fit a cdev, none does not fit a group (`vfio_pci_ioctl_pci_hot_reset`). */
  readonly modeTest: Observed<boolean>
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
  /** 7.4+: only an open that succeeds sets the token of a PF; before, any that comes with one, whatever becomes of it. */
  readonly tokenAfterOpen: Observed<boolean>
}

export type BindToken = 'unknown-flag' | 'too-long' | 'taken'

export function releaseRules(kernel: KernelProfile): ReleaseRules {
  const has = (rule: keyof typeof KERNEL_RULES) => carries(kernel, KERNEL_RULES[rule])
  return {
    iommufd: has('iommufd'),
    modeTest: kernel.cdev,
    nameFirst: kernel.dmaOwnership,
    infoInPieces: both(kernel.cdev, not(has('infoAtOnce'))),
    bindToken: bindToken(has('bindAsksToken'), has('bindTakesToken')),
    bindAsksToken: has('bindAsksToken'),
    noiommuOnIommufd: has('noiommuOnIommufd'),
    tokenAfterOpen: has('tokenAfterOpen'),
  }
}

/** BIND learned to look at tokens before it learned to take one. */
function bindToken(asks: Observed<boolean>, takes: Observed<boolean>): Observed<BindToken> {
  if (takes.known && takes.value) return known('taken')
  if (asks.known && !asks.value) return known('unknown-flag')
  if (!takes.known) return takes
  return mapObserved(asks, () => 'too-long')
}

function both(one: Observed<boolean>, other: Observed<boolean>): Observed<boolean> {
  const no = [one, other].find((each) => each.known && !each.value)
  return no ?? (one.known ? other : one)
}

function not(observed: Observed<boolean>): Observed<boolean> {
  return mapObserved(observed, (value) => !value)
}
