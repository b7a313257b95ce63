import type { Observed } from '../host/gap.js'
import { known } from '../host/gap.js'
import type { PciDevice } from '../pci/device.js'
import { isInGroupOf, type ResetCase } from './reset-case.js'

/** ctx(d) = c: the function is bound to the caller's iommufd context. */
export function isInContext(c: ResetCase, device: PciDevice): boolean {
  return c.context.includes(device)
}

/**
 * `vfio_iommufd_get_dev_id`: bound to the caller's context, or some function of its group is, wherever that hangs
 * (`iommufd_ctx_has_group`). A noiommu function's group object is empty, so it must be bound itself (`vfio.md` 5.4 N4).
 */
export function isRepresented(c: ResetCase, device: PciDevice): Observed<boolean> {
  return isInContext(c, device) ? known(true) : isInGroupOf(c, device, c.context)
}

/** v4: as `isRepresented`, but only members of the dev_set can represent a group. */
export function isRepresentedInSet(c: ResetCase, device: PciDevice): Observed<boolean> {
  if (isInContext(c, device)) return known(true)
  const owners = c.context.filter((owner) => c.devSet.members.includes(owner))
  return isInGroupOf(c, device, owners)
}

/**
 * Whether the dev_set holds the target alone. A function whose driver was not read counts as a member: if it is none, it
 * is affected all the same and refuses by completeness, with the same errno.
 */
export function isSingleton({ devSet }: ResetCase): boolean {
  return devSet.members.length + devSet.uncertain.length === 1
}
