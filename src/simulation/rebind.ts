import { isYes, known } from '../host/gap.js'
import type { PciAddress, PciAddresses } from '../host/pci-address.js'
import type { RawFunction, RawHost } from '../host/raw-host.js'
import { placeOf } from '../pci/place.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { isVfioBound } from '../vfio/driver.js'
import { bindState } from './bind-state.js'

/**
 * The host after these functions changed drivers (null: none), as the simulator sees it; what already is as wanted stays.
 * What rests on a driver of the host goes with it (`restingOn`), and nobody has a function open that was bound anew.
 */
export function rebind(
  host: AnalysedHost,
  wanted: ReadonlyMap<PciAddress, string | null>,
): AnalysedHost {
  const { raw } = host
  const changing = raw.functions.filter((each) => isChanging(each, wanted, raw))
  if (changing.length === 0) return host
  const drivers = new Map(
    changing.map(({ address }) => [address, { driver: wanted.get(address) ?? null, line: 0 }]),
  )
  const { unsafeNoiommu } = raw.system
  const noiommu = unsafeNoiommu.known && unsafeNoiommu.value
  const bound = bindState(host, drivers, noiommu)
  const functions = bound.functions.map((each) =>
    drivers.has(each.address) ? { ...each, enabled: closed(each.enabled) } : each,
  )
  const lost = changing
    .filter((each) => !isYes(isVfioBound(each, raw.system)))
    .flatMap(({ address }) => restingOn(raw, address))
  return host.whatIf(withoutFunctions({ ...bound, system: raw.system, functions }, new Set(lost)))
}

/**
 * Functions that are there only as long as another one keeps its driver: VFs of a PF (`sriov_disable`), and the domain behind a VMD
 * endpoint (`vmd_remove` takes its root bus away).
 */
export function restingOn(
  { functions }: Pick<RawHost, 'functions'>,
  address: PciAddress,
): readonly PciAddress[] {
  return functions.flatMap((each) =>
    each.address === address ? each.virtfns : isBehind(each, address) ? [each.address] : [],
  )
}

function isBehind({ address, path }: RawFunction, controller: PciAddress): boolean {
  return placeOf(address, path).dmaDevice === controller
}

/** The host without some functions, which went with the driver that they rest on. */
export function withoutFunctions(raw: RawHost, gone: ReadonlySet<PciAddress>): RawHost {
  if (gone.size === 0) return raw
  // What does not change stays the same object: it is not decoded again.
  const left = (all: PciAddresses) =>
    all.some((each) => gone.has(each)) ? all.filter((each) => !gone.has(each)) : all
  const withoutVirtfns = (each: RawFunction): RawFunction => {
    const virtfns = left(each.virtfns)
    return virtfns === each.virtfns ? each : { ...each, virtfns }
  }
  return {
    ...raw,
    functions: raw.functions.filter(({ address }) => !gone.has(address)).map(withoutVirtfns),
    groups: raw.groups.flatMap((group) => {
      const devices = left(group.devices)
      if (devices.length === 0 && group.others.length === 0) return []
      return devices === group.devices ? group : { ...group, devices }
    }),
  }
}

function isChanging(
  each: RawFunction,
  wanted: ReadonlyMap<PciAddress, string | null>,
  raw: RawHost,
): boolean {
  const driver = wanted.get(each.address)
  if (driver === undefined) return false
  if (driver !== null) return !isYes(isVfioBound(each, raw.system))
  return !each.driver.known || each.driver.value !== null
}

function closed(enabled: RawFunction['enabled']): RawFunction['enabled'] {
  return enabled.known && enabled.value !== null ? known(0) : enabled
}
