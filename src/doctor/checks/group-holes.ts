import { isKnownAs } from '../../host/gap.js'
import { iommuActive } from '../../iommu/groups.js'
import { isBridge, type PciDevice } from '../../pci/device.js'
import { hex } from '../../text/hex.js'
import { finding, type HostCheck, type HostFinding, PASS, unsettled } from '../host-check.js'
import type { Machine } from '../machine.js'

/** Whether the IOMMU leaves functions out. Without an IOMMU all are left out, which another check says. */
export const groupHoles = {
  id: 'group-holes',
  title: 'IOMMU groups',
  passes: 'Every function has an IOMMU group.',
  source: 'iommu_probe_device; DMAR, IVRS or IORT of the firmware',
  run,
} as const satisfies HostCheck

/** Host bridges, IOMMUs and what stands for links inside a processor do no DMA of their own: nobody expects a group of them. */
const SILENT = /^(?:06|0806|13)/

function isDevice(device: PciDevice): boolean {
  const { classCode } = device.raw
  return !isBridge(device) && !(classCode.known && SILENT.test(hex(classCode.value, 6)))
}

function run({ host: { raw, topology } }: Machine): HostFinding | null {
  const active = iommuActive(raw)
  if (!active.known || !active.value) return null
  const endpoints = topology.devices.filter(isDevice)
  const left = endpoints.filter((device) => isKnownAs(device.raw.iommuGroup, null))
  if (left.length > 0) {
    return finding('warn', { kind: 'group-hole', devices: left.map(({ address }) => address) })
  }
  for (const { raw: each } of endpoints) {
    if (!each.iommuGroup.known && each.iommuGroup.gap.why !== 'pending') {
      return unsettled(each.iommuGroup.gap)
    }
  }
  return PASS
}
