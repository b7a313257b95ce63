import { known } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawFunction, RawGroup, RawHost, RawVfioDev } from '../host/raw-host.js'
import { isVfioDriver } from '../vfio/driver.js'
import { vfioInterfaces } from '../vfio/interfaces.js'
import type { KernelProfile } from '../vfio/kernel-profile.js'
import { isAtLeast } from '../vfio/kernel-release.js'
import { NOIOMMU_GROUP_NAME } from '../vfio/vfio-host.js'
import type { Scenario } from './scenario.js'

export interface BindState {
  readonly raw: RawHost
  /** Functions that the scenario bound to a vfio driver, in that order. */
  readonly bound: readonly PciAddress[]
}

/**
 * The host after the scenario's `drivers` were bound: drivers, vfio devices, and the fake groups that unsafe no-IOMMU mode
 * gives to functions without a group, with the lowest unused numbers in the order of `drivers` (`contract.md` 5).
 */
export function bindState(
  raw: RawHost,
  kernel: KernelProfile,
  drivers: Scenario['drivers'],
  noiommu: boolean,
): BindState {
  const functions = new Map(raw.functions.map((each) => [each.address, each]))
  const groups = new Map(raw.groups.map((each) => [each.id, each]))
  const bound: PciAddress[] = []
  for (const [address, { driver }] of drivers) {
    const each = functions.get(address)
    if (each === undefined) continue
    const group = each.iommuGroup.known ? each.iommuGroup.value : null
    if (driver === null || !isVfioDriver(driver, raw.system)) {
      const fake = group !== null && isFake(groups.get(group))
      // VFIO takes its fake group away with the function (`vfio_device_remove_group`).
      if (fake) groups.delete(group)
      functions.set(address, {
        ...each,
        driver: known(driver),
        vfioDev: known(null),
        iommuGroup: fake ? known(null) : each.iommuGroup,
      })
    }
  }
  const allowsFake = noiommu && (kernel.dmaOwnership || !hasIommu(raw))
  for (const [address, { driver }] of drivers) {
    const each = functions.get(address)
    if (each === undefined || driver === null || !isVfioDriver(driver, raw.system)) continue
    const needsGroup = each.iommuGroup.known && each.iommuGroup.value === null
    if (needsGroup && !allowsFake) {
      // The probe of vfio-pci fails without a group, and the function stays without a driver.
      functions.set(address, { ...each, driver: known(null), vfioDev: known(null) })
      continue
    }
    const id = needsGroup ? lowestUnused(groups) : null
    if (id !== null) groups.set(id, fakeGroup(id, address))
    functions.set(address, {
      ...each,
      driver: known(driver),
      vfioDev: known(vfioDevOf(each, raw, kernel, id !== null, bound.length)),
      iommuGroup: id === null ? each.iommuGroup : known(id),
    })
    bound.push(address)
  }
  return {
    raw: {
      ...raw,
      system: { ...raw.system, unsafeNoiommu: known(noiommu) },
      functions: raw.functions.map((each) => functions.get(each.address) ?? each),
      groups: [...groups.values()].sort((a, b) => a.id - b.id),
    },
    bound,
  }
}

/** Whether binding asks for unsafe no-IOMMU mode at all: some function on a vfio driver has no group. */
export function needsNoiommu(raw: RawHost, drivers: Scenario['drivers']): boolean {
  const functions = new Map(raw.functions.map((each) => [each.address, each]))
  return [...drivers].some(([address, { driver }]) => {
    const group = functions.get(address)?.iommuGroup
    const none = group?.known === true && group.value === null
    return none && driver !== null && isVfioDriver(driver, raw.system)
  })
}

function isFake(group: RawGroup | undefined): boolean {
  return group?.name.known === true && group.name.value === NOIOMMU_GROUP_NAME
}

/** Before 5.19 one function with an IOMMU kept all of PCI from unsafe no-IOMMU mode (`iommu_present`, `lab.md` 17). */
function hasIommu(raw: RawHost): boolean {
  return raw.groups.some((group) => !isFake(group))
}

function lowestUnused(groups: ReadonlyMap<number, RawGroup>): number {
  let id = 0
  while (groups.has(id)) id += 1
  return id
}

function fakeGroup(id: number, address: PciAddress): RawGroup {
  return {
    id,
    type: known('unknown'),
    name: known(NOIOMMU_GROUP_NAME),
    devices: [address],
    others: [],
  }
}

/** `vfio-dev/` came with 6.1; a function that was bound before keeps what the tree shows. */
function vfioDevOf(
  { vfioDev }: RawFunction,
  raw: RawHost,
  kernel: KernelProfile,
  fake: boolean,
  index: number,
): RawVfioDev | null {
  if (vfioDev.known && vfioDev.value !== null) return vfioDev.value
  if (!isAtLeast(kernel.release, 6, 1)) return null
  const { cdev } = vfioInterfaces(raw, kernel)
  const prefix = fake && kernel.noiommuCdev ? 'noiommu-' : ''
  return { name: `${prefix}vfio${index}`, cdev: cdev.known && cdev.value }
}
