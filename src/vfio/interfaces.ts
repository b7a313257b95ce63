import { known, type Observed, unknown } from '../host/gap.js'
import type { RawHost } from '../host/raw-host.js'
import { NOIOMMU_GROUP_NAME } from '../iommu/groups.js'
import type { KernelProfile } from './kernel-profile.js'

/** Which of VFIO's doors this host has, as far as its files tell (`contract.md` 4, `host.vfio`). */
export interface VfioInterfaces {
  /** Group files `/dev/vfio/N` with a container. */
  readonly groupApi: Observed<boolean>
  /** Device cdevs `/dev/vfio/devices/vfioN` (6.6+, CONFIG_VFIO_DEVICE_CDEV). */
  readonly cdev: Observed<boolean>
  /** `enable_unsafe_noiommu_mode`. */
  readonly noiommu: Observed<boolean>
  /** A cdev of a noiommu function was seen (7.3+, CONFIG_IOMMUFD_NOIOMMU). */
  readonly noiommuCdevSeen: boolean
}

export function vfioInterfaces(raw: RawHost, kernel: KernelProfile): VfioInterfaces {
  const names = raw.system.devVfioDevices
  return {
    groupApi: groupApi(raw),
    cdev: cdev(raw, kernel),
    noiommu: raw.system.unsafeNoiommu,
    noiommuCdevSeen: names.known && names.value.some((name) => name.startsWith('noiommu-')),
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

/** A function without cdev shows that there are none, unless it is in a made-up group: before 7.3 those never have one. */
function cdev(raw: RawHost, kernel: KernelProfile): Observed<boolean> {
  const { system, functions, origin } = raw
  const fake = fakeGroups(raw)
  const registered = functions.flatMap(({ vfioDev, iommuGroup }) => {
    if (!vfioDev.known || vfioDev.value === null) return []
    const isFake = iommuGroup.known && iommuGroup.value !== null && fake.has(iommuGroup.value)
    return isFake && !vfioDev.value.cdev ? [] : [vfioDev.value]
  })
  if (registered.some((each) => each.cdev)) return known(true)
  if (!kernel.cdev) return known(false)
  const hidden = functions.find(({ vfioDev }) => !vfioDev.known)?.vfioDev
  if (hidden !== undefined && !hidden.known) return hidden
  if (registered.length > 0) return known(false)
  if (system.devIommu !== null) return known(system.devIommu)
  return unknown({
    path: 'dev/iommu',
    why: origin.kind === 'live' ? 'absent' : 'not-captured',
    detail: 'whether this kernel has device cdevs is not recorded',
  })
}

/** Groups of unsafe no-IOMMU mode (`vfio_noiommu_group_alloc`). */
function fakeGroups({ groups }: RawHost): ReadonlySet<number> {
  const fake = groups.filter(({ name }) => name.known && name.value === NOIOMMU_GROUP_NAME)
  return new Set(fake.map(({ id }) => id))
}
