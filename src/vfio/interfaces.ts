import { isNo, isYes, known, type Observed, unknown } from '../host/gap.js'
import type { RawFunction, RawHost } from '../host/raw-host.js'
import { isPower } from '../iommu/grouping-rule.js'
import { dmaGroups, isFakeGroup } from './dma-groups.js'
import type { KernelProfile } from './kernel-profile.js'

/**
 * Which of VFIO's interfaces this host has, as far as its files tell
 * (`docs/reference/documents.md#interfaces-of-the-host`).
 */
export interface VfioInterfaces {
  /** Group files `/dev/vfio/N` with a container. */
  readonly groupApi: Observed<boolean>
  /** Device cdevs `/dev/vfio/devices/vfioN` (6.6+, CONFIG_VFIO_DEVICE_CDEV). */
  readonly cdev: Observed<boolean>
  /** `enable_unsafe_noiommu_mode`. */
  readonly noiommu: Observed<boolean>
  /** Noiommu functions have cdevs too: never before 7.3, later with CONFIG_IOMMUFD_NOIOMMU. */
  readonly noiommuCdev: Observed<boolean>
  /** `/dev/iommu`, as far as the configuration decides; releases before 6.2 have none. */
  readonly iommufd: Observed<boolean>
}

export function vfioInterfaces(raw: RawHost, kernel: KernelProfile): VfioInterfaces {
  const devices = cdev(raw, kernel)
  return {
    groupApi: groupApi(raw),
    cdev: devices,
    noiommu: raw.system.unsafeNoiommu,
    noiommuCdev: noiommuCdev(raw, kernel, devices),
    iommufd: iommufd(raw, devices),
  }
}

function groupApi({ system, origin }: RawHost): Observed<boolean> {
  if (system.devVfioContainer === true) return known(true)
  if (system.classVfio.known && system.classVfio.value.length > 0) return known(true)
  if (system.devVfioContainer === false) return known(false)
  return unknown({
    path: 'dev/vfio/vfio',
    why: origin.kind === 'live' ? 'absent' : 'not-captured',
    detail: 'whether group files exist is not recorded',
  })
}

/**
 * A function on a vfio driver without a cdev shows that there are none, unless unsafe no-IOMMU mode made its group:
 * before 7.3 such functions never have one.
 */
function cdev(raw: RawHost, kernel: KernelProfile): Observed<boolean> {
  const { system, functions, origin } = raw
  if (kernel.cdev.known && !kernel.cdev.value) return kernel.cdev
  const registered = functions.filter(({ vfioDev }) => vfioDev.known && vfioDev.value !== null)
  if (registered.some(({ vfioDev }) => vfioDev.known && vfioDev.value?.cdev === true)) {
    return known(true)
  }
  if (isPower(raw)) return known(false)
  const hidden = functions.find(({ vfioDev }) => !vfioDev.known)?.vfioDev
  if (hidden !== undefined && !hidden.known) return hidden
  const fakes = areInFakeGroups(registered, raw)
  if (fakes.some((fake) => isNo(fake))) return known(false)
  const doubtful = fakes.find((fake) => !fake.known)
  if (doubtful !== undefined) return doubtful
  if (system.devIommu === false) return known(false)
  if (!kernel.cdev.known) return kernel.cdev
  if (system.devIommu !== null) return known(system.devIommu)
  return unknown({
    path: 'dev/iommu',
    why: origin.kind === 'live' ? 'absent' : 'not-captured',
    detail: 'whether this kernel has device cdevs is not recorded',
  })
}

/**
 * CONFIG_VFIO_NOIOMMU, without which there is no parameter for the mode, selects CONFIG_IOMMUFD_NOIOMMU wherever there are
 * cdevs at all (drivers/vfio/Kconfig, 7.3): so where the mode is on, noiommu functions have cdevs if others have.
 */
function noiommuCdev(
  { system }: RawHost,
  kernel: KernelProfile,
  devices: Observed<boolean>,
): Observed<boolean> {
  if (kernel.noiommuCdev.known && !kernel.noiommuCdev.value) return kernel.noiommuCdev
  const names = system.devVfioDevices
  if (names.known && names.value.some((name) => name.startsWith('noiommu-'))) return known(true)
  if (!kernel.noiommuCdev.known) return kernel.noiommuCdev
  if (system.unsafeNoiommu.known && system.unsafeNoiommu.value) return devices
  return unknown({
    path: 'dev/vfio/devices',
    why: 'unmodelled',
    detail: 'no noiommu-vfioN node shows whether this kernel has CONFIG_IOMMUFD_NOIOMMU',
  })
}

function iommufd({ system }: RawHost, devices: Observed<boolean>): Observed<boolean> {
  if (isYes(devices)) return devices
  if (system.devIommu !== null) return known(system.devIommu)
  return unknown({
    path: 'dev/iommu',
    why: 'not-captured',
    detail: 'whether this kernel has iommufd is not recorded',
  })
}

/** For each function whether its group is a made-up one. */
function areInFakeGroups(
  functions: readonly RawFunction[],
  raw: RawHost,
): readonly Observed<boolean>[] {
  if (functions.length === 0) return []
  const groups = dmaGroups(raw)
  return functions.map(({ iommuGroup }) => {
    if (!iommuGroup.known) return iommuGroup
    const group = iommuGroup.value === null ? undefined : groups.get(iommuGroup.value)
    return isFakeGroup(group, raw.system.unsafeNoiommu)
  })
}
