import type { Gap, Observed } from './gap.js'
import type { RawFunction, RawGroup, RawHost, RawSystem } from './raw-host.js'

/**
 * Every fact that analysis wanted of a host and did not get: each once, by path. Config space that no verdict needs (of VFs)
 * is no gap.
 */
export function collectGaps(raw: RawHost): readonly Gap[] {
  const found = [
    ...raw.gaps,
    ...observedGaps(systemFields(raw.system)),
    ...observedGaps([raw.slots, raw.pciehpPorts, raw.groupsListed]),
    ...raw.functions.flatMap(functionGaps),
    ...raw.groups.flatMap(groupGaps),
  ]
  const unique = new Map(found.map((gap) => [`${gap.path}\0${gap.why}`, gap]))
  return [...unique.values()].sort(compareGaps)
}

function systemFields(system: RawSystem): readonly Observed<unknown>[] {
  return [
    system.osRelease,
    system.procVersion,
    system.commandLine,
    system.arch,
    system.iommuInstances,
    system.classVfio,
    system.devVfioDevices,
    system.unsafeNoiommu,
  ]
}

function functionGaps(each: RawFunction): readonly Gap[] {
  const gaps = observedGaps([
    each.vendorId,
    each.deviceId,
    each.subsystemVendorId,
    each.subsystemDeviceId,
    each.classCode,
    each.revision,
    each.driver,
    each.iommuGroup,
    each.numaNode,
    each.resetMethods,
    each.physfn,
    each.sriovTotal,
    each.power,
    each.runtimeStatus,
    each.enabled,
    each.vfioDev,
    each.bootVga,
  ])
  return [...gaps, ...configGaps(each)]
}

function configGaps({ config, path, physfn }: RawFunction): readonly Gap[] {
  if (physfn.known && physfn.value !== null) return []
  if (!config.known) return [config.gap]
  const { capabilities, extended, limit, size, cut } = config.value
  if (cut !== undefined) {
    if (cut.length === 0) return []
    return [{ path: `${path}/config`, why: 'not-captured', detail: 'only the text of lspci' }]
  }
  if (limit === size || (capabilities !== null && extended !== null)) return []
  return [{ path: `${path}/config`, why: 'truncated', detail: `${limit} of ${size} bytes` }]
}

function groupGaps({ type, name, others }: RawGroup): readonly Gap[] {
  return observedGaps([type, name, ...others.map(({ driver }) => driver)])
}

function observedGaps(fields: readonly Observed<unknown>[]): Gap[] {
  return fields.flatMap((field) => (field.known ? [] : [field.gap]))
}

function compareGaps(a: Gap, b: Gap): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1
  return a.why < b.why ? -1 : Number(a.why !== b.why)
}
