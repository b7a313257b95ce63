import { stated } from '../document/stated.js'
import type { Stated } from '../document/values.js'
import type { RawGroup } from '../host/raw-host.js'
import type { IsolationModel } from '../iommu/analyse-isolation.js'
import { iommuActive } from '../iommu/groups.js'
import type { PciDevice } from '../pci/device.js'
import type { DevSetKey } from '../vfio/dev-set.js'
import type { VfioHost } from '../vfio/vfio-host.js'
import type { DevSetReport, GroupReport, HostReport } from './document.js'

/** The host as a whole: kernel, IOMMU, VFIO's interfaces. */
export function hostReport({ topology, interfaces }: VfioHost): HostReport {
  const { system } = topology.raw
  return {
    kernelRelease: stated(system.osRelease),
    arch: stated(system.arch),
    iommu: {
      present: stated(iommuActive(topology.raw)),
      instances: stated(system.iommuInstances),
    },
    vfio: {
      groupApi: stated(interfaces.groupApi),
      cdev: stated(interfaces.cdev),
      noiommu: stated(interfaces.noiommu),
    },
  }
}

/** An IOMMU group: its members, whether a vfio-bound one could be opened now, and why it is as wide as it is. */
export function groupReport(
  group: RawGroup,
  host: VfioHost,
  isolation: IsolationModel,
): GroupReport {
  const { id, type, devices, others, viable, findings } = new LazyGroup(group, host, isolation)
  return { id, type, devices, others, viable, findings }
}

/** A group of which nothing is worked out before it is asked for: the overview counts them. */
export class LazyGroup implements GroupReport {
  private readonly group: RawGroup
  private readonly host: VfioHost
  private readonly isolation: IsolationModel

  constructor(group: RawGroup, host: VfioHost, isolation: IsolationModel) {
    this.group = group
    this.host = host
    this.isolation = isolation
  }

  get id() {
    return this.group.id
  }
  get type() {
    return stated(this.group.type)
  }
  get devices() {
    return this.group.devices
  }
  get others() {
    return this.group.others.map(({ name }) => name)
  }
  get viable() {
    return viable(this.group, this.host)
  }
  get findings() {
    return this.isolation.ofGroup(this.group.devices)
  }
}

function viable({ id }: RawGroup, host: VfioHost): Stated<boolean> {
  const { culprits, hidden } = host.viabilityOf(id)
  if (culprits.length > 0) return false
  const [first] = hidden
  return first === undefined ? true : { unknown: first.gap.why }
}

/** The dev_sets that exist now: functions that a vfio driver has, by key. Where worlds differ the first one is shown. */
export function devSetReports(host: VfioHost): readonly DevSetReport[] {
  const sets = new Map<string, { readonly key: DevSetKey; readonly members: PciDevice[] }>()
  for (const device of host.topology.devices) {
    const vfio = host.isVfioBound(device)
    if (!vfio.known || !vfio.value) continue
    const [world] = host.scopes.worldsOf(device).worlds
    const key = host.sets.keyOf(device, world)
    const id = `${key.kind} ${device.bus} ${key.of}`
    const set = sets.get(id)
    if (set === undefined) sets.set(id, { key, members: [device] })
    else set.members.push(device)
  }
  return [...sets.values()].map(({ key, members }) => ({
    key,
    members: members.map(({ address }) => address),
  }))
}
