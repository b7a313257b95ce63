import { type Gap, known, mapObserved, type Observed, unknown } from '../host/gap.js'
import type { RawFunction, RawHost } from '../host/raw-host.js'
import { findAliasPeers } from '../iommu/alias-peers.js'
import { groupToJoin } from '../iommu/grouping.js'
import { groupingRule, isDescribedByFirmware } from '../iommu/grouping-rule.js'
import { isKnownFake } from '../iommu/groups.js'
import { isolationRules } from '../iommu/isolation.js'
import { type Kernel, kernelOf } from '../kernel/kernel.js'
import { carries } from '../kernel/kernel-change.js'
import { bridgesAbove } from '../pci/bridges-above.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { once } from '../text/lists.js'
import { KERNEL_RULES } from './kernel-rules.js'

/**
 * Groups that come with the first driver: behind an IOMMU that firmware describes, kernels before 6.15 ask which one it is when a driver
 * is bound, whichever it is and whether or not it takes the function (`of_iommu_configure`, `acpi_iommu_configure_id`).
 */
export interface GroupsAtBind {
  /** Whether a function that has no driver and no group gets one with its first driver. */
  readonly isMade: (device: PciDevice) => Observed<boolean>
  /** The group that it joins then, beside those that there are; null: one of its own. */
  readonly joined: (
    device: PciDevice,
    groupOf: ReadonlyMap<PciDevice, number>,
  ) => Observed<number | null>
}

export function groupsAtBind(topology: Topology, kernel: Kernel): GroupsAtBind {
  const { raw } = topology
  const rule = groupingRule(raw)
  const real = once(
    () => new Set(raw.groups.flatMap((group) => (isKnownFake(group) ? [] : [group.id]))),
  )
  const isCovered = (device: PciDevice) =>
    bridgesAbove(device, topology).some(({ raw: { iommuGroup } }) => {
      return iommuGroup.known && iommuGroup.value !== null && real().has(iommuGroup.value)
    })

  return {
    isMade: (device) => {
      const late = makesGroupsAtBind(raw, kernel)
      if (!late.known || !late.value) return late
      if (isCovered(device)) return known(true)
      return unknown({
        path: `${device.raw.path}/iommu_group`,
        why: 'absent',
        detail: `no bridge above ${device.address} has a group, so nothing tells whether it is behind the IOMMU`,
      })
    },
    joined: (device, groupOf) => {
      if (!rule.known) return rule
      if (rule.value !== 'pci-device-group') {
        const detail = `which group ${device.address} joins is not decided by its registers`
        return unknown({ path: `${device.raw.path}/iommu_group`, why: 'absent', detail })
      }
      const input = { topology, rules: isolationRules(topology), peers: findAliasPeers(topology) }
      return groupToJoin(device, groupOf, input)
    },
  }
}

/** Whether functions of this host have their groups only once a driver was bound to them: as the kernel does that wrote its files. */
function makesGroupsAtBind(raw: RawHost, kernel: Kernel): Observed<boolean> {
  const described = isDescribedByFirmware(raw.system)
  // Whoever did not read the IOMMUs of a host read no groups either.
  if (!described.known || !described.value) return known(false)
  const writer = kernel.isRunning ? kernel : kernelOf(raw, undefined)
  const early = carries(writer, KERNEL_RULES.groupsBeforeBind)
  return mapObserved(early, (isEarly) => !isEarly)
}

/** The host as read, where a group that comes with the first driver is unknown: that there is none yet says nothing. */
export function withGroupsToCome(raw: RawHost, kernel: Kernel): RawHost {
  const late = makesGroupsAtBind(raw, kernel)
  if (late.known && !late.value) return raw
  return {
    ...raw,
    functions: raw.functions.map((each) => {
      if (!isNeverBound(each) || isBridgeClass(each)) return each
      return { ...each, iommuGroup: late.known ? unknown(toCome(each)) : late }
    }),
  }
}

function toCome({ address, path }: RawFunction): Gap {
  const detail = `${address} gets its group when a driver is first bound to it`
  return { path: `${path}/iommu_group`, why: 'pending', detail }
}

/** PCI-to-PCI bridges, which nobody binds for a user. */
function isBridgeClass({ classCode }: RawFunction): boolean {
  return classCode.known && classCode.value >>> 8 === PCI_CLASS_BRIDGE_PCI
}

const PCI_CLASS_BRIDGE_PCI = 0x0604

/** Whether no driver was bound to a function since it was found, as far as its files tell. */
export function isNeverBound({ iommuGroup, driver }: RawFunction): boolean {
  return iommuGroup.known && iommuGroup.value === null && driver.known && driver.value === null
}
