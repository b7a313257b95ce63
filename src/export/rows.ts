import { SCHEMA_VERSION } from '../document/envelope.js'
import { isStated } from '../document/stated.js'
import type { Stated } from '../document/values.js'
import type { PciAddress } from '../host/pci-address.js'
import type { DeviceReport } from '../inspect/document.js'
import type { PolicyId } from '../policy/policies/index.js'
import type { ExportedHost } from './exported-host.js'
import type { ColumnName, ExportRow } from './row.js'

/** The table of a host: a row for each function that was chosen. */
export function rowsOf(host: ExportedHost): readonly ExportRow[] {
  return host.devices.map((device) => rowOf(device, host))
}

function rowOf(device: DeviceReport, host: ExportedHost): ExportRow {
  const { question, report } = host
  const { address, name, sriov, hotReset } = device
  const unknown: ColumnName[] = []
  /** The value, or null with a note that it was not read. */
  const told = <T>(column: ColumnName, value: Stated<T>): T | null => {
    if (isStated(value)) return value
    unknown.push(column)
    return null
  }
  const role = told('sriov_role', sriov)
  const physfn = told('physfn', sriov)
  const own = told('function_resets', device.ownReset)
  const groupFds = verdictOf('group-fds', device)
  const iommufd = verdictOf('iommufd', device)
  const unit = host.unitOf.get(address)
  return {
    schema_version: SCHEMA_VERSION,
    tool_version: question.tool.version,
    host: question.called,
    scanned_at: told<string>('scanned_at', question.scannedAt ?? NOT_SAID),
    kernel_release: told('kernel_release', report.host.kernelRelease),
    pci_address: address,
    vendor_id: told('vendor_id', device.vendorId),
    device_id: told('device_id', device.deviceId),
    class_id: told('class_id', device.classCode),
    vendor_name: name?.vendor ?? null,
    device_name: name?.device ?? null,
    driver: told('driver', device.driver),
    on_vfio: told('on_vfio', device.vfio),
    iommu_group: told('iommu_group', device.iommuGroup),
    numa_node: told('numa_node', device.numaNode),
    sriov_role: role?.role ?? null,
    physfn: physfn?.role === 'vf' ? physfn.pf : null,
    reset_scope: told('reset_scope', hotReset.scope),
    affected: told('affected', hotReset.affected),
    affected_groups: told('affected_groups', hotReset.groups),
    blockers: [...new Set(hotReset.blockers.map(({ kind }) => kind))],
    function_resets: isStated(device.ownReset) ? (own?.methods ?? []) : null,
    isolated: told('isolated', device.isolation.isolated),
    group_fds: groupFds.outcome,
    group_fds_errno: groupFds.errno,
    iommufd: iommufd.outcome,
    iommufd_errno: iommufd.errno,
    unit: unit === undefined ? null : question.digest(unit.devices.join(' ')),
    unit_size: unit?.devices.length ?? null,
    dead: told('dead', device.state.dead),
    held_by: told('held_by', heldBy(device, host)),
    host_needs: host.needsOf.get(address) ?? [],
    baseline_changes: changesOf(address, host),
    gaps: report.gaps.length,
    unknown,
  }
}

const NOT_SAID = { unknown: 'not-captured' } as const

/** What one of the rules that kernels have says. */
function verdictOf(id: PolicyId, { hotReset: { verdicts } }: DeviceReport) {
  const verdict = verdicts.find(({ policy }) => policy === id)
  return {
    outcome: verdict?.outcome ?? null,
    errno: verdict?.errno ?? verdict?.possible?.join('|') ?? null,
  }
}

/** Processes that have it open; what nobody could see is unknown. */
export function heldBy(
  { state }: DeviceReport,
  { sawHolders }: ExportedHost,
): Stated<readonly string[]> {
  const names = [...new Set(state.holders.map(({ command }) => command))]
  return names.length > 0 || sawHolders ? names : NOT_SAID
}

function changesOf(address: PciAddress, { changes }: ExportedHost): readonly string[] | null {
  if (changes === null) return null
  return [
    ...new Set(changes.flatMap(({ kind, devices }) => (devices.includes(address) ? kind : []))),
  ]
}
