import { isStated } from '../../document/stated.js'
import type { Stated } from '../../document/values.js'
import { printableJson } from '../../text/printable.js'
import type { ExportedHost } from '../exported-host.js'
import { rowsOf } from '../rows.js'
import type { Format } from './format.js'

/** A fact file for `/etc/ansible/facts.d`: `ansible_local.vfio_reset`. */
export const ansible = {
  id: 'ansible',
  for: 'Ansible, as local facts',
  hosts: 'one',
  expires: 'no',
  open: () => ({
    add: (host) => [printableJson(`${JSON.stringify(factsOf(host), null, 1)}\n`)],
    end: () => [],
  }),
} as const satisfies Format

/** What is true of the host stands beside its functions, not in each. What was not read is null, and named in `unknown`. */
function factsOf(host: ExportedHost) {
  const { report, question } = host
  const unknown: string[] = []
  const told = <T>(name: string, value: Stated<T>): T | null => {
    if (isStated(value)) return value
    unknown.push(name)
    return null
  }
  const { vfio, iommu, kernelRelease } = report.host
  return {
    schema_version: report.schemaVersion,
    tool_version: question.tool.version,
    host: question.called,
    scanned_at: question.scannedAt,
    kernel_release: told('kernel_release', kernelRelease),
    iommu: told('iommu', iommu.present),
    group_api: told('group_api', vfio.groupApi),
    cdev: told('cdev', vfio.cdev),
    noiommu: told('noiommu', vfio.noiommu),
    groups_differ: told('groups_differ', groupsDiffer(host)),
    baseline_changes: host.changes?.map(({ kind, devices }) => ({ kind, devices })) ?? null,
    gaps: report.gaps.length,
    unknown,
    functions: rowsOf(host).map(functionFacts),
  }
}

/** Whether the groups are other than those that the registers predict. */
export function groupsDiffer({ report: { groupCheck } }: ExportedHost): Stated<boolean> {
  if (groupCheck.differences.length > 0) return true
  return groupCheck.comparable ? false : { unknown: 'not-captured' }
}

function functionFacts(row: ReturnType<typeof rowsOf>[number]) {
  const { schema_version, tool_version, host, scanned_at, kernel_release, gaps, ...facts } = row
  return facts
}
