import { isStated } from '../document/stated.js'
import type { HostReport, RelatedFunction } from './document.js'

/** What can be told of a unit of one function, or of one that no IOMMU group holds. */
export type Standing =
  /** It can go to a user of its own. */
  | 'single'
  /** It has a group of its own, and others can reach it without passing the IOMMU. */
  | 'sideways'
  /** The copy holds too little of the host to tell what else is in the group, or on the bus. */
  | 'partial'
  /** Its IOMMU group is unknown although an IOMMU is in use. */
  | 'unsettled'
  /** An IOMMU is in use and leaves it out, so VFIO does not take it. */
  | 'ungrouped'

/** null: they are a block. Without an IOMMU there are no groups to ask about. */
export function standingOf(members: readonly RelatedFunction[], host: HostReport): Standing | null {
  if (members.every((device) => isLeftOut(device, host))) return 'ungrouped'
  if (members.length > 1) return null
  if (members.some(isPartOfCopy)) return 'partial'
  if (members.some(isReachedSideways)) return 'sideways'
  const isKnown = members.every(({ iommuGroup }) => isStated(iommuGroup))
  return isKnown || host.iommu.present !== true ? 'single' : 'unsettled'
}

function isPartOfCopy({ iommuGroup, isolation, parent }: RelatedFunction): boolean {
  return isStated(iommuGroup)
    ? iommuGroup !== null && !isStated(isolation.isolated)
    : !isStated(parent)
}

function isReachedSideways({ iommuGroup, isolation }: RelatedFunction): boolean {
  if (!isStated(iommuGroup) || iommuGroup === null) return false
  return isolation.findings.some(({ kind }) => kind === 'strict-sibling-leak')
}

/** No unsafe mode makes up for it. */
function isLeftOut({ iommuGroup }: RelatedFunction, { iommu, vfio }: HostReport): boolean {
  return iommuGroup === null && iommu.present === true && vfio.noiommu !== true
}
