import { stated } from '../document/stated.js'
import type { Stated } from '../document/values.js'
import type { RawGroup } from '../host/raw-host.js'
import type { GroupReport } from '../inspect/document.js'
import type { IsolationModel } from '../iommu/analyse-isolation.js'
import type { VfioHost } from '../vfio/vfio-host.js'

/** An IOMMU group: its members, whether a vfio-bound one could be opened now, and why it is as wide as it is. */
export function groupReport(
  group: RawGroup,
  host: VfioHost,
  isolation: IsolationModel,
): GroupReport {
  return {
    id: group.id,
    type: stated(group.type),
    devices: group.devices,
    others: group.others.map(({ name }) => name),
    viable: viable(group, host),
    findings: isolation.ofGroup(group.devices),
  }
}

function viable({ id }: RawGroup, host: VfioHost): Stated<boolean> {
  const { culprits, hidden } = host.viabilityOf(id)
  if (culprits.length > 0) return false
  const [first] = hidden
  return first === undefined ? true : { unknown: first.gap.why }
}
