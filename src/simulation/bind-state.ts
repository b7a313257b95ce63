import { isKnownAs, known, type Observed, valueOrNull } from '../host/gap.js'
import { mapByAddress, type PciAddress } from '../host/pci-address.js'
import type { RawFunction, RawGroup, RawHost, RawVfioDev } from '../host/raw-host.js'
import { isKnownFake, NOIOMMU_GROUP_NAME } from '../iommu/groups.js'
import { carries } from '../kernel/kernel-change.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { once } from '../text/lists.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { isVfioDriver } from '../vfio/driver.js'
import { type GroupsAtBind, groupsAtBind, isNeverBound } from '../vfio/group-at-bind.js'
import { type VfioInterfaces, vfioInterfaces } from '../vfio/interfaces.js'
import type { KernelProfile } from '../vfio/kernel-profile.js'
import { KERNEL_RULES } from '../vfio/kernel-rules.js'
import type { Scenario } from './scenario/scenario.js'

/**
 * The host after the scenario's `drivers` were bound: drivers, vfio devices, and the fake groups that unsafe no-IOMMU
 * mode gives to functions without a group, with the lowest unused numbers in the order of `drivers`
 * (`docs/reference/scenarios.md#the-file`).
 */
export function bindState(
  { raw, kernel, topology }: AnalysedHost,
  drivers: Scenario['drivers'],
  noiommu: boolean,
): RawHost {
  const making: Making = {
    raw,
    kernel,
    topology,
    interfaces: vfioInterfaces(raw, kernel),
    atBind: groupsAtBind(topology, kernel),
    // Before 5.19 one function with an IOMMU kept all of PCI from no-IOMMU mode (`iommu_present`; measured on 5.10).
    allowsFake: noiommu && (kernel.dmaOwnership || raw.groups.every(isKnownFake)),
    places: new Map(raw.functions.map((each, place) => [each.address, place])),
    functions: mapByAddress(raw.functions),
    groups: new Map(raw.groups.map((each) => [each.id, each])),
    groupOf: once(() => groupsOf(raw, topology)),
  }
  const stated = [...drivers].map(([address, { driver }]) => ({ address, driver }))
  const isVfio = (driver: string | null) => driver !== null && isVfioDriver(driver, raw.system)
  for (const { address, driver } of stated) if (driver !== null) joinAtBind(making, address)
  // What leaves vfio gives its fake group back first, so that the numbers are the lowest that are unused in the end.
  for (const { address, driver } of stated) if (!isVfio(driver)) unbind(making, address, driver)
  for (const { address, driver } of stated) if (isVfio(driver)) bind(making, address, driver)
  return {
    ...raw,
    system: { ...raw.system, unsafeNoiommu: known(noiommu) },
    functions: raw.functions.map((each) => making.functions.get(each.address) ?? each),
    boundAt: new Map(
      [...raw.boundAt].filter(([address]) => !isBoundAnew(making, address, drivers)),
    ),
    groups: [...making.groups.values()].sort((one, other) => one.id - other.id),
  }
}

interface Making {
  readonly raw: RawHost
  readonly kernel: KernelProfile
  readonly topology: Topology
  /** Those that the host has as it was read. */
  readonly interfaces: VfioInterfaces
  readonly atBind: GroupsAtBind
  readonly allowsFake: boolean
  /** Of the functions in the order of addresses. */
  readonly places: ReadonlyMap<PciAddress, number>
  readonly functions: Map<PciAddress, RawFunction>
  readonly groups: Map<number, RawGroup>
  /** Of each function that has one, while groups are joined. */
  readonly groupOf: () => Map<PciDevice, number>
}

function groupsOf({ functions }: RawHost, { byAddress }: Topology): Map<PciDevice, number> {
  const groups = new Map<PciDevice, number>()
  for (const { address, iommuGroup } of functions) {
    const device = byAddress.get(address)
    const id = valueOrNull(iommuGroup)
    if (device !== undefined && id !== null) groups.set(device, id)
  }
  return groups
}

/** What is bound already as it is to be stays bound. */
function isBoundAnew(
  { raw, places }: Making,
  address: PciAddress,
  drivers: Scenario['drivers'],
): boolean {
  const driver = raw.functions[places.get(address) ?? -1]?.driver
  const stated = drivers.get(address)
  return stated !== undefined && !(driver !== undefined && isKnownAs(driver, stated.driver))
}

/** Takes a function off vfio; VFIO takes its fake group away with it (`vfio_device_remove_group`). */
function unbind({ functions, groups }: Making, address: PciAddress, driver: string | null): void {
  const each = functions.get(address)
  if (each === undefined) return
  const id = valueOrNull(each.iommuGroup)
  const group = id === null ? undefined : groups.get(id)
  const fake = group !== undefined && isKnownFake(group)
  if (fake) groups.delete(group.id)
  functions.set(address, {
    ...each,
    driver: known(driver),
    vfioDev: known(null),
    iommuGroup: fake ? known(null) : each.iommuGroup,
  })
}

/** Binds a function to a vfio driver. Without a group, real or made up, the probe fails and it has no driver. */
function bind(making: Making, address: PciAddress, driver: string | null): void {
  const { functions, groups } = making
  const each = functions.get(address)
  if (each === undefined) return
  const needsGroup = isKnownAs(each.iommuGroup, null)
  if (needsGroup && !making.allowsFake) {
    functions.set(address, { ...each, driver: known(null), vfioDev: known(null) })
    return
  }
  const id = needsGroup ? lowestUnused(groups) : null
  if (id !== null) groups.set(id, fakeGroup(id, address))
  functions.set(address, {
    ...each,
    driver: known(driver),
    vfioDev: vfioDevOf(making, each, id !== null),
    iommuGroup: id === null ? each.iommuGroup : known(id),
  })
}

/** Gives a function the group that comes with its first driver, where the kernel makes groups so late. */
function joinAtBind(
  { raw, topology, atBind, functions, groups, groupOf }: Making,
  address: PciAddress,
): void {
  const each = functions.get(address)
  const device = topology.byAddress.get(address)
  if (each === undefined || device === undefined || !isNeverBound(each)) return
  const isMade = atBind.isMade(device)
  if (isMade.known && !isMade.value) return
  const joined = isMade.known ? atBind.joined(device, groupOf()) : isMade
  const number = raw.groupsListed.known ? joined : raw.groupsListed
  if (!number.known) {
    functions.set(address, { ...each, iommuGroup: number })
    return
  }
  const id = number.value ?? lowestUnused(groups)
  const { type, name, devices, others, unlisted } = groups.get(id) ?? realGroup(id)
  groups.set(id, { id, type, name, devices: [...devices, address], others, unlisted })
  functions.set(address, { ...each, iommuGroup: known(id) })
  groupOf().set(device, id)
}

/** Whether binding asks for unsafe no-IOMMU mode at all: some function on a vfio driver has no group. */
export function needsNoiommu(raw: RawHost, drivers: Scenario['drivers']): boolean {
  const functions = mapByAddress(raw.functions)
  return [...drivers].some(([address, { driver }]) => {
    const group = functions.get(address)?.iommuGroup
    const none = group?.known === true && group.value === null
    return none && driver !== null && isVfioDriver(driver, raw.system)
  })
}

function lowestUnused(groups: ReadonlyMap<number, RawGroup>): number {
  let id = 0
  while (groups.has(id)) id += 1
  return id
}

/** A group of the IOMMU without members. */
function realGroup(id: number): RawGroup {
  return { id, type: known('unknown'), name: known(null), devices: [], others: [], unlisted: null }
}

function fakeGroup(id: number, address: PciAddress): RawGroup {
  return {
    id,
    type: known('unknown'),
    name: known(NOIOMMU_GROUP_NAME),
    devices: [address],
    others: [],
    unlisted: null,
  }
}

/**
 * `vfio-dev/` came with 6.1; a function that was on vfio before keeps what the tree shows. Where it is not known whether
 * there are cdevs, it is not of this function either.
 */
function vfioDevOf(
  { kernel, places, interfaces: { cdev, noiommuCdev } }: Making,
  { address, vfioDev }: RawFunction,
  fake: boolean,
): Observed<RawVfioDev | null> {
  if (vfioDev.known && vfioDev.value !== null) return vfioDev
  const folder = carries(kernel, KERNEL_RULES.vfioDev)
  if (folder.known && !folder.value) return known(null)
  if (!cdev.known) return cdev
  const prefix = fake && noiommuCdev.known && noiommuCdev.value ? 'noiommu-' : ''
  return known({ name: `${prefix}vfio${places.get(address) ?? -1}`, cdev: cdev.value })
}
