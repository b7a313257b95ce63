import type { PciAddress } from '../../../host/pci-address.js'
import { groupMembers } from '../../../iommu/groups.js'
import { deviceFileCommand } from '../../../plan/report/commands.js'
import { policyOf } from '../../../policy/find-policy.js'
import type { Policy } from '../../../policy/policy.js'
import type { Reason } from '../../../policy/reason.js'
import type { Requirement, Verdict } from '../../../policy/verdict.js'
import { listed } from '../../../text/english.js'
import { bullet, command } from '../../../text/layout.js'
import type { ReportIndex } from '../../report-index.js'
import { type DeviceView, isFakeGroup } from './device-view.js'

/** What one process must open, for each policy that can be satisfied. */
export function openingLines(view: DeviceView, verdicts: readonly Verdict[]): string[] {
  return verdicts.flatMap(({ policy, requires, reasons }) => {
    if (requires === null || reasons.some(({ kind }) => NO_WAY_IN.has(kind))) return []
    const asked = policyOf(policy)
    const throughGroup = asked.opened === 'group'
    const text = throughGroup ? groupFiles(requires, view) : deviceFiles(asked, requires, view)
    return [
      ...bullet(`With ${policy}: ${text}`, view.style),
      ...(throughGroup ? [] : fileNames(requires)),
    ]
  })
}

/** What no opening of further functions helps against: this kernel has no such files. */
const NO_WAY_IN: ReadonlySet<Reason['kind']> = new Set(['no-cdev', 'noiommu'])

function groupFiles({ groups }: Requirement, { device, index }: DeviceView): string {
  const files = groups.map((group) => groupFile(group, index))
  if (files.length === 0) {
    return `one process opens the group file of ${device.address} and passes it to VFIO_DEVICE_PCI_HOT_RESET. Its number is known once it is bound.`
  }
  const many = files.length > 1
  const passed = files.length === 1 ? 'it' : files.length === 2 ? 'both' : `all ${files.length}`
  return `one process opens ${listed(files)} and passes ${passed} to VFIO_DEVICE_PCI_HOT_RESET.${many ? ' With QEMU: give at least one function of each of these groups to the same VM.' : ''}`
}

/** Fake groups of unsafe no-IOMMU mode have files of another name. */
function groupFile(group: number, index: ReportIndex): string {
  const isFake = groupMembers(index, group).some((address) => {
    const member = index.functions.get(address)
    return member !== undefined && isFakeGroup(member.isolation)
  })
  return `/dev/vfio/${isFake ? 'noiommu-' : ''}${group}`
}

function deviceFiles(
  { passed, claims }: Policy,
  { devices }: Requirement,
  { device }: DeviceView,
): string {
  const others = devices.filter((address) => address !== device.address)
  const proof =
    passed === 'nothing'
      ? 'and calls VFIO_DEVICE_PCI_HOT_RESET with an empty list'
      : 'and passes their files to VFIO_DEVICE_PCI_HOT_RESET'
  const claim = claims !== null ? `, ${device.address} last and with the claim,` : ''
  const all: readonly PciAddress[] = [device.address, ...others]
  return `one process binds ${listed(all)} to one iommufd (/dev/iommu) through the device ${all.length === 1 ? 'file' : 'files'}${claim} ${proof}. These commands name the device files:`
}

function fileNames({ devices }: Requirement): string[] {
  return devices.map((address) => command(deviceFileCommand(address)))
}
