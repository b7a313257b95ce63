import { compareHosts } from '../diff/compare-hosts.js'
import type { Tool } from '../document/envelope.js'
import type { DeviceName } from '../document/values.js'
import type { PciAddress } from '../host/pci-address.js'
import type { DeviceReport, InspectReport } from '../inspect/document.js'
import { inspectReport } from '../inspect/inspect-report.js'
import { KERNEL_POLICIES } from '../policy/find-policy.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { sawAllHolders } from '../vfio/holding.js'
import type { Unit } from '../vfio/units.js'
import { isSelected, type SelectId } from './select.js'

/** What is exported of a host, and how it is called. */
export interface ExportQuestion {
  readonly host: AnalysedHost
  readonly called: string
  /** When it was read, ISO 8601, UTC; null: a copy that does not say. */
  readonly scannedAt: string | null
  /** Functions named on the command line; null: those of the whole host that `select` chooses. */
  readonly targets: readonly PciAddress[] | null
  readonly select: SelectId
  /** Functions that the caller has open besides. */
  readonly owning: ReadonlySet<PciAddress>
  /** The host as it should be; null: nothing to compare with. */
  readonly baseline: AnalysedHost | null
  readonly names: ReadonlyMap<PciAddress, DeviceName>
  readonly tool: Tool
  /** How long it took to read it, in seconds. */
  readonly scanSeconds: number
  /** A short hash of a text, the same on every host. */
  readonly digest: (text: string) => string
}

/** A host that every format can be made of. */
export interface ExportedHost {
  readonly question: ExportQuestion
  readonly report: InspectReport
  /** Those of the report's functions that were chosen. */
  readonly devices: readonly DeviceReport[]
  readonly unitOf: ReadonlyMap<PciAddress, Unit>
  /** Kinds of what the host needs a function for, by function. */
  readonly needsOf: ReadonlyMap<PciAddress, readonly string[]>
  /** What changed since the baseline; null: there is none. */
  readonly changes: readonly BaselineChange[] | null
  /** Whether processes that hold functions were looked for, and all could be seen. */
  readonly sawHolders: boolean
}

/** A change since the baseline, as far as it is counted. */
export interface BaselineChange {
  readonly kind: string
  readonly devices: readonly PciAddress[]
}

/** All that formats ask of a host, worked out once. Verdicts are those of the rules that kernels have. */
export function exportedHost(question: ExportQuestion): ExportedHost {
  const { host, baseline, targets, select, owning, tool, names } = question
  const report = inspectReport({
    host,
    targets,
    query: { policies: KERNEL_POLICIES, owning, brief: true },
    tool,
    names,
  })
  const options = { policies: KERNEL_POLICIES, hypothetical: false }
  return {
    question,
    report,
    devices: report.devices.filter((device) => targets !== null || isSelected(select, device)),
    unitOf: new Map(report.units.flatMap((unit) => unit.devices.map((each) => [each, unit]))),
    needsOf: needsOf(host),
    changes: baseline === null ? null : compareHosts(baseline, host, options).changes,
    sawHolders: sawAllHolders(host.raw),
  }
}

/** Each kind once, also what the host may need. */
function needsOf({ raw }: AnalysedHost): ReadonlyMap<PciAddress, readonly string[]> {
  const found = new Map<PciAddress, Set<string>>()
  const note = (address: PciAddress, kind: string) =>
    found.set(address, (found.get(address) ?? new Set()).add(kind))
  for (const { address, kind } of raw.hostNeeds) note(address, kind)
  for (const { candidates } of raw.openNeeds) {
    for (const address of candidates) note(address, 'possible-host-need')
  }
  return new Map([...found].map(([address, kinds]) => [address, [...kinds].sort()]))
}
