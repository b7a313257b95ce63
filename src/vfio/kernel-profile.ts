import { known, type Observed, unknown } from '../host/gap.js'
import type { RawHost } from '../host/raw-host.js'
import { type Kernel, kernelOf, OLDEST } from '../kernel/kernel.js'
import { carries } from '../kernel/kernel-change.js'
import { isAtLeast, type KernelRelease } from '../kernel/kernel-release.js'
import { KERNEL_RULES } from './kernel-rules.js'

/**
 * How one kernel decides, as far as releases differ (`docs/reference/hot-reset.md#releases`; measured:
 * `docs/kernel-map.md`).
 */
export interface KernelProfile extends Kernel {
  /** 5.8 and later, whose kind of HOT_RESET is known; what older kernels did was never read. */
  readonly modelled: Observed<true>
  /** 5.15+: HOT_RESET asks the dev_set. Before: it walks the affected functions and asks each one's group. */
  readonly devSets: boolean
  /** 5.19+: DMA ownership is claimed at SET_CONTAINER (EPERM); before, viability is asked at GET_DEVICE_FD (EINVAL). */
  readonly dmaOwnership: boolean
  /** 5.19+: a group file without container proves ownership, also of a noiommu group. */
  readonly bareGroupFd: boolean
  /** 6.6+: device cdevs and the merged rule exist in the source. */
  readonly cdev: Observed<boolean>
  /** 7.3+: noiommu functions can have a cdev. */
  readonly noiommuCdev: Observed<boolean>
  /** Each VF has a dev_set of its own (e908f58b6beb "vfio/pci: Separate SR-IOV VF dev_set"). */
  readonly vfSplit: Observed<boolean>
  /** A pciehp slot covers every function of its bus (102c8b26b54e); before: device number 0 only. */
  readonly wideSlots: Observed<boolean>
  /** The hotplug slots of s390, which has no bridges, can be reset. */
  readonly zpciReset: Observed<boolean>
  /** Each of those slots has one function; before: all functions of a device number are in the first one's. */
  readonly functionSlots: Observed<boolean>
}

/** Profile of the kernel that answers for a host (`kernelOf`). */
export function hostKernelProfile(raw: RawHost, option: KernelRelease | undefined): KernelProfile {
  const kernel = kernelOf(raw, option)
  const devSets = carries(kernel, KERNEL_RULES.devSets)
  const dmaOwnership = carries(kernel, KERNEL_RULES.dmaOwnership)
  const doubtful = [devSets, dmaOwnership].find((each) => !each.known)
  const owns = !dmaOwnership.known || dmaOwnership.value
  return {
    ...kernel,
    modelled: modelled(kernel, doubtful),
    devSets: !devSets.known || devSets.value,
    dmaOwnership: owns,
    bareGroupFd: owns,
    cdev: carries(kernel, KERNEL_RULES.cdev),
    noiommuCdev: carries(kernel, KERNEL_RULES.noiommuCdev),
    vfSplit: carries(kernel, KERNEL_RULES.vfSplit),
    wideSlots: carries(kernel, KERNEL_RULES.wideSlots),
    zpciReset: carries(kernel, KERNEL_RULES.zpciReset),
    functionSlots: carries(kernel, KERNEL_RULES.functionSlots),
  }
}

function modelled(
  { release, shown }: Kernel,
  doubtful: Observed<boolean> | undefined,
): Observed<true> {
  if (doubtful !== undefined && !doubtful.known) return doubtful
  if (isAtLeast(release, OLDEST.major, OLDEST.minor) || shown !== null) return known(true)
  return unknown({
    path: 'proc/sys/kernel/osrelease',
    why: 'unmodelled',
    detail: `${release.text}: releases before ${OLDEST.text} were never read`,
  })
}
