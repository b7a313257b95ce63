import { type Gap, isKnownAs, known, type Observed, unknown, valueOrNull } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawFunction, RawGroup, RawGroupOther, RawHost } from '../host/raw-host.js'
import type { PciDevice } from '../pci/device.js'
import { placeOf } from '../pci/place.js'
import { isGroupedByPci } from './grouping-rule.js'

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
  /** Why the group may have members that nobody listed; null: its own folder was read. */
  readonly unlisted: Gap | null
}

export function decodeGroups(raw: RawHost): IommuGroup[] {
  return raw.groups.map((group) => ({
    id: group.id,
    type: group.type,
    fake: isFake(group),
    devices: group.devices,
    others: group.others,
    unlisted: group.unlisted,
  }))
}

/** Why a group may have members that were not seen, where that matters; null: all are known. */
export function unseenMembers(
  { unlisted }: Pick<RawGroup, 'unlisted'>,
  raw: Pick<RawHost, 'functions' | 'system' | 'groupsListed'>,
): Gap | null {
  if (unlisted === null || raw.groupsListed.known || !isGroupedByPci(raw)) return unlisted
  // `pci_device_group` joins PCI functions only, and the link of each says where it is.
  const isWhole = raw.functions.every((each) => each.iommuGroup.known && isPlaced(each))
  return isWhole ? null : unlisted
}

/** A copy in which a function that is no VF hangs below nothing is part of a host. */
function isPlaced({ address, path, physfn }: RawFunction): boolean {
  const { parent, onRootBus } = placeOf(address, path)
  return parent !== null || onRootBus || (physfn.known && physfn.value !== null)
}

/** Whether a group holds one function and nothing else. */
export function isAloneIn(
  group: Pick<IommuGroup, 'devices' | 'others' | 'unlisted'>,
  raw: RawHost,
): Observed<boolean> {
  if (group.devices.length + group.others.length > 1) return known(false)
  const unseen = unseenMembers(group, raw)
  return unseen === null ? known(true) : unknown(unseen)
}

/**
 * Whether an IOMMU translates for anything on this host (`host.iommu.present`,
 * `docs/reference/documents.md#interfaces-of-the-host`): a group that is not known for a fake one, or an instance.
 */
export function iommuActive({ groups, groupsListed, system }: RawHost): Observed<boolean> {
  if (groups.some((group) => !isKnownFake(group))) return known(true)
  const { iommuInstances } = system
  if (iommuInstances.known && iommuInstances.value.length > 0) return known(true)
  if (!groupsListed.known) return groupsListed
  return iommuInstances.known ? known(false) : iommuInstances
}

/** Whether unsafe no-IOMMU mode made the group for certain. */
export function isKnownFake({ name }: RawGroup): boolean {
  return isKnownAs(name, NOIOMMU_GROUP_NAME)
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
  return valueOrNull(iommuGroup)
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

/** Functions of a group, those included that the copy of a host does not hold; none where there is no group. */
export function groupMembers(
  { groups }: { readonly groups: ReadonlyMap<number, Pick<RawGroup, 'devices'>> },
  group: number | null,
): readonly PciAddress[] {
  return group === null ? [] : (groups.get(group)?.devices ?? [])
}

function isFake({ name }: RawGroup): Observed<boolean> {
  return name.known ? known(name.value === NOIOMMU_GROUP_NAME) : name
}
