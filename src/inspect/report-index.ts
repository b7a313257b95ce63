import { isStated } from '../document/stated.js'
import { NEED_WORDS } from '../host/need-words.js'
import { mapByAddress, type PciAddress } from '../host/pci-address.js'
import type { HostNeed } from '../host/raw-host.js'
import { append } from '../text/lists.js'
import type { DeviceReport, GroupReport, InspectReport, RelatedFunction } from './document.js'
import type { UnitReport } from './unit-report.js'
import type { Warning } from './warning.js'

/** A report with the look-ups that text needs. */
export interface ReportIndex {
  readonly report: InspectReport
  /** Functions described in full. */
  readonly devices: ReadonlyMap<PciAddress, DeviceReport>
  /** Every function that the report knows anything about, in address order as far as the report has it. */
  readonly functions: ReadonlyMap<PciAddress, RelatedFunction>
  readonly groups: ReadonlyMap<number, GroupReport>
  readonly unitOf: ReadonlyMap<PciAddress, UnitReport>
  readonly warningsOf: ReadonlyMap<PciAddress, readonly Warning[]>
  /** As lspci does: the domain is left out where no function has one other than 0. */
  readonly short: (address: PciAddress) => string
  /** The same for all addresses in a sentence. */
  readonly shorten: (sentence: string) => string
}

export function indexReport(report: InspectReport): ReportIndex {
  const devices = mapByAddress(report.devices)
  const functions = new Map<PciAddress, RelatedFunction>(devices)
  for (const each of report.related) functions.set(each.address, each)
  const unitOf = new Map<PciAddress, UnitReport>()
  for (const unit of report.units) for (const address of unit.devices) unitOf.set(address, unit)
  const warningsOf = new Map<PciAddress, Warning[]>()
  for (const warning of report.warnings) {
    if (warning.address !== undefined) append(warningsOf, warning.address, warning)
  }
  const oneDomain = [...functions.keys()].every((address) => address.startsWith('0000:'))
  return {
    report,
    devices,
    functions,
    groups: new Map(report.groups.map((group) => [group.id, group])),
    unitOf,
    warningsOf,
    short: (address) => (oneDomain ? address.slice('0000:'.length) : address),
    shorten: (sentence) => (oneDomain ? sentence.replace(FULL_ADDRESS, '') : sentence),
  }
}

/** Numbers of the groups that the functions are in, as far as that was read. */
export function groupNumbersOf(
  functions: readonly Pick<RelatedFunction, 'iommuGroup'>[],
): readonly number[] {
  const numbers = functions.flatMap(({ iommuGroup }) =>
    isStated(iommuGroup) ? (iommuGroup ?? []) : [],
  )
  return [...new Set(numbers)]
}

const FULL_ADDRESS = /\b0000:(?=[0-9a-f]{2}:[01][0-9a-f]\.[0-7])/g

/** Whether a warning says that the host itself needs the function: taking it away can take the host down. */
export function isHostNeed(warning: Warning): warning is Warning & HostNeed {
  return warning.address !== undefined && warning.kind in NEED_WORDS
}

/** The same, or that it may. */
export function isAboutNeed(warning: Warning): boolean {
  return isHostNeed(warning) || warning.kind === 'possible-host-need'
}

/** Whether a warning says that the function may not come back from a reset. */
export function isTrouble({ kind }: Warning): boolean {
  return kind === 'known-bad-reset' || kind === 'late-quirk'
}
