import { known, type Observed } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawGroup, RawGroupOther, RawHost } from '../host/raw-host.js'
import type { PciDevice } from '../pci/device.js'

/** Name that `vfio_noiommu_group_alloc` gives the groups of unsafe no-IOMMU mode. */
export const NOIOMMU_GROUP_NAME = 'vfio-noiommu'

/** One group under `sys/kernel/iommu_groups`. */
export interface IommuGroup {
  readonly id: number
  /** Type of the default domain, as the kernel words it; null: the kernel has no such file. */
  readonly type: Observed<string | null>
  /** Made by unsafe no-IOMMU mode for one function: it isolates nothing. */
  readonly fake: Observed<boolean>
  readonly devices: readonly PciAddress[]
  /** Members that are no PCI functions. */
  readonly others: readonly RawGroupOther[]
}

export function decodeGroups(raw: RawHost): IommuGroup[] {
  return raw.groups.map((group) => ({
    id: group.id,
    type: group.type,
    fake: isFake(group),
    devices: group.devices,
    others: group.others,
  }))
}

/**
 * Whether an IOMMU translates for anything on this host (`host.iommu.present`,
 * `docs/reference/documents.md#interfaces-of-the-host`).
 */
export function iommuActive({ groups, groupsListed, system }: RawHost): Observed<boolean> {
  const fakes = groups.map(isFake)
  if (fakes.some((fake) => fake.known && !fake.value)) return known(true)
  const { iommuInstances } = system
  if (iommuInstances.known && iommuInstances.value.length > 0) return known(true)
  const unnamed = fakes.find((fake) => !fake.known)
  if (unnamed !== undefined && !unnamed.known) return unnamed
  if (!groupsListed.known) return groupsListed
  return iommuInstances.known ? known(false) : iommuInstances
}

/** Group that an IOMMU stands behind; null: none, or a fake one. */
export function realGroupOf(
  { raw }: PciDevice,
  groups: ReadonlyMap<number, IommuGroup>,
): Observed<number | null> {
  const { iommuGroup } = raw
  if (!iommuGroup.known || iommuGroup.value === null) return iommuGroup
  const fake = groups.get(iommuGroup.value)?.fake
  if (fake === undefined) return iommuGroup
  if (!fake.known) return fake
  return fake.value ? known(null) : iommuGroup
}

/** Number of the function's group; null: it has none, or that was not read. */
export function groupNumber({ raw: { iommuGroup } }: Pick<PciDevice, 'raw'>): number | null {
  return iommuGroup.known ? iommuGroup.value : null
}

/** Numbers of the functions' groups, sorted, each once. */
export function groupNumbers(devices: Iterable<PciDevice>): readonly number[] {
  const numbers = new Set<number>()
  for (const device of devices) {
    const number = groupNumber(device)
    if (number !== null) numbers.add(number)
  }
  return [...numbers].sort((a, b) => a - b)
}

function isFake({ name }: RawGroup): Observed<boolean> {
  return name.known ? known(name.value === NOIOMMU_GROUP_NAME) : name
}
