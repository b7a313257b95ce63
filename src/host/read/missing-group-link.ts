import { isYes, unknown } from '../gap.js'
import type { RawFunction, RawGroup, RawSystem } from '../raw-host.js'
import type { TreeOrigin } from '../tree/tree.js'
import { joinPath } from '../tree/tree-path.js'

const DETAIL = 'missing, although a vfio driver has the function, and takes none without a group'

/**
 * A function that a vfio driver has is in a group (`vfio_pci_core_register_device`: EINVAL without), or unsafe no-IOMMU mode is
 * on. A copy that holds groups and has none for such a function lost the link on its way: the group is unknown then. Of a
 * running host the link counts as it is.
 */
export function withoutLostLinks(
  functions: readonly RawFunction[],
  groups: readonly RawGroup[],
  { unsafeNoiommu }: Pick<RawSystem, 'unsafeNoiommu'>,
  { kind }: TreeOrigin,
): readonly RawFunction[] {
  if (kind === 'live' || groups.length === 0 || isYes(unsafeNoiommu)) return functions
  return functions.map((each) => (isLost(each) ? withUnknownGroup(each) : each))
}

/** Whether the copy contradicts itself about the group of a function. */
export function lostItsLink({ iommuGroup }: Pick<RawFunction, 'iommuGroup'>): boolean {
  return !iommuGroup.known && iommuGroup.gap.detail === DETAIL
}

function isLost({ iommuGroup, vfioDev, driver }: RawFunction): boolean {
  if (!iommuGroup.known || iommuGroup.value !== null) return false
  if (vfioDev.known && vfioDev.value !== null) return true
  return driver.known && driver.value !== null && /vfio[-_]pci$/.test(driver.value)
}

function withUnknownGroup(each: RawFunction): RawFunction {
  const path = joinPath(each.path, 'iommu_group')
  return { ...each, iommuGroup: unknown({ path, why: 'not-captured', detail: DETAIL }) }
}
