import { known, mapObserved, type Observed } from '../host/gap.js'
import type { RawHost } from '../host/raw-host.js'
import type { VmInterface } from '../host/vm-facts.js'

/**
 * Whether the kernel refuses every real group for its interrupts: they are not isolated, and `allow_unsafe_interrupts` of the module that
 * attaches it is N (EPERM at SET_IOMMU, `vfio_iommu_type1_attach_group`; at BIND, `iommufd_device_bind`). A host that does not say that they
 * are not isolated is taken for an ordinary one.
 */
export function refusesInterrupts(
  { system: { interrupts, unsafeInterrupts } }: Pick<RawHost, 'system'>,
  via: VmInterface,
): Observed<boolean> {
  if (!interrupts.known || interrupts.value === 'remapped') return known(false)
  return mapObserved(unsafeInterrupts[via], (isAllowed) => !isAllowed)
}
