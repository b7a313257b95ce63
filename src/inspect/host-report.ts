import { stated } from '../document/stated.js'
import type { Stated } from '../document/values.js'
import type { Observed } from '../host/gap.js'
import { NOIOMMU_GROUP_NAME } from '../iommu/groups.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { HostReport } from './document.js'

/** The host as a whole: kernel, IOMMU, VFIO's doors. */
export function hostReport({ topology, interfaces }: VfioHost): HostReport {
  const { system, groups, groupsListed } = topology.raw
  return {
    kernelRelease: stated(system.osRelease),
    arch: stated(system.arch),
    iommu: {
      present: iommuPresent(system.iommuInstances, groups.some(isReal), groupsListed),
      instances: stated(system.iommuInstances),
    },
    vfio: {
      groupApi: stated(interfaces.groupApi),
      cdev: stated(interfaces.cdev),
      noiommu: stated(interfaces.noiommu),
    },
  }
}

/** A group that is no fake, or an instance in `class/iommu`; both must have been listed for a "no". */
function iommuPresent(
  instances: Observed<readonly string[]>,
  realGroup: boolean,
  groupsListed: Observed<true>,
): Stated<boolean> {
  if (realGroup || (instances.known && instances.value.length > 0)) return true
  if (!groupsListed.known) return stated(groupsListed)
  return instances.known ? false : stated(instances)
}

function isReal({ name }: { readonly name: Observed<string | null> }): boolean {
  return !name.known || name.value !== NOIOMMU_GROUP_NAME
}
