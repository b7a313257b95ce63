import { envelope, type Tool } from '../document/envelope.js'
import type { DeviceName } from '../document/values.js'
import { collectGaps } from '../host/collect-gaps.js'
import type { Gap } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import { bridgesAbove } from '../pci/bridges-above.js'
import type { PciDevice } from '../pci/device.js'
import { groupBy } from '../text/lists.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { dmaPeers } from '../vfio/dma-groups.js'
import { computeUnits } from '../vfio/units.js'
import { distinctScopes, type VfioHost } from '../vfio/vfio-host.js'
import { acsReports, type DeviceReporting, deviceReport, LazyDevice, relatedFunction } from './device-report.js'
import type { DeviceReport, InspectReport, RelatedFunction } from './document.js'
import { devSetReports, groupReport, hostReport } from './host-report.js'
import { type ResetQuery, sharedAnswers } from './hot-reset-report.js'
import { isHostNeed } from './report-index.js'
import { hostSummary, targetsSummary } from './text/host-summary.js'
import { type UnitReport, unitReports } from './unit-report.js'
import { warningsOf } from './warnings.js'

/** What `inspect` was asked. */
export interface InspectQuestion {
  readonly host: AnalysedHost
  /** Functions named on the command line; null: the whole host. */
  readonly targets: readonly PciAddress[] | null
  readonly query: ResetQuery
  readonly tool: Tool
  readonly names: ReadonlyMap<PciAddress, DeviceName>
}

/** The document with its devices still to be made: one after the other while it is written, they never stand in memory together. */
export interface InspectAnswer extends Omit<InspectReport, 'devices'> {
  /** Makes every device anew each time. */
  readonly devices: Iterable<DeviceReport>
}

/** The whole of `inspect`: from what was read to the document. Pure. */
export function inspectReport(question: InspectQuestion): InspectReport {
  const answer = inspectAnswer(question)
  return { ...answer, devices: [...answer.devices] }
}

export function inspectAnswer(question: InspectQuestion): InspectAnswer {
  const { query, tool } = question
  const { raw, topology, vfio: host, isolation } = question.host
  const targets =
    question.targets === null
      ? topology.devices
      : question.targets.flatMap((address) => topology.byAddress.get(address) ?? [])
  const { functions: concerned, gaps } = concernOf(host, targets)
  const isConcerned = (devices: readonly PciAddress[]): boolean =>
    question.targets === null || devices.some((address) => concerned.has(address))
  const warnings = warningsOf(host, targets, withGroups(host, targets, concerned))
  const warned = groupBy(warnings, ({ address }) => address)
  const context: DeviceReporting = {
    host,
    isolation,
    query,
    ...sharedAnswers(query),
    acsOf: acsReports(),
    nameOf: ({ address }) => question.names.get(address) ?? null,
    warningsOf: (address) => warned.get(address) ?? [],
  }
  const units = unitReports(
    question.host,
    computeUnits(host).filter(({ devices }) => isConcerned(devices)),
    query.policies,
  )
  return {
    ...envelope('inspect', question.host, { gaps: [...collectGaps(raw), ...gaps], tool }),
    summary: summaryOf(question, targets, units, context),
    host: hostReport(host),
    devices: deviceReports(targets, context),
    related: question.targets === null ? [] : relatedFunctions(targets, concerned, context),
    groups: raw.groups
      .filter(({ devices }) => isConcerned(devices))
      .map((group) => groupReport(group, host, isolation)),
    groupCheck: isolation.check(),
    devSets: devSetReports(host).filter(({ members }) => isConcerned(members)),
    units,
    warnings,
  }
}

/** Of one function its own answer, of several those of their units, of the whole host what can be given to whom. */
function summaryOf(
  question: InspectQuestion,
  targets: readonly PciDevice[],
  units: readonly UnitReport[],
  context: DeviceReporting,
): string {
  const [first, ...others] = targets
  if (question.targets === null) {
    const devices = targets.map((device) => new LazyDevice(device, context))
    const needed = new Set(
      devices.flatMap(({ address }) =>
        context.warningsOf(address).some(isHostNeed) ? [address] : [],
      ),
    )
    return hostSummary({ host: hostReport(context.host), devices, units, needed })
  }
  return first !== undefined && others.length === 0
    ? deviceReport(first, context).summary
    : targetsSummary(units)
}

function deviceReports(
  targets: readonly PciDevice[],
  context: DeviceReporting,
): Iterable<DeviceReport> {
  return {
    *[Symbol.iterator]() {
      for (const device of targets) yield deviceReport(device, context)
    },
  }
}

/** Functions reset along, members of the targets' groups, and the bridges above, as far as they are no targets. */
function relatedFunctions(
  targets: readonly PciDevice[],
  concerned: ReadonlySet<PciAddress>,
  context: DeviceReporting,
): readonly RelatedFunction[] {
  const { topology } = context.host
  const related = new Set(
    [...concerned].flatMap((address) => topology.byAddress.get(address) ?? []),
  )
  for (const device of targets) {
    for (const peer of dmaPeers(context.host, device)) related.add(peer)
    for (const bridge of bridgesAbove(device, topology)) related.add(bridge)
  }
  for (const device of targets) related.delete(device)
  return topology.devices
    .filter((device) => related.has(device))
    .map((device) => relatedFunction(device, context))
}

/** A member of a target's group can have to leave its driver, so what the host needs of it matters too. */
function withGroups(
  host: VfioHost,
  targets: readonly PciDevice[],
  concerned: ReadonlySet<PciAddress>,
): ReadonlySet<PciAddress> {
  if (concerned.size === host.topology.devices.length) return concerned
  const peers = targets.flatMap((device) => dmaPeers(host, device))
  return new Set([...concerned, ...peers.map(({ address }) => address)])
}

interface Concern {
  /** The functions asked about and everything that a reset of one of them affects. */
  readonly functions: ReadonlySet<PciAddress>
  /** What was not known about how they are reset, such as a rule of this kernel release. */
  readonly gaps: readonly Gap[]
}

function concernOf(host: VfioHost, targets: readonly PciDevice[]): Concern {
  const functions = withReset(host, targets)
  const rules = new Map<string, Gap>()
  if (!host.kernel.modelled.known) rules.set('', host.kernel.modelled.gap)
  for (const device of targets) {
    for (const gap of host.scopes.worldsOf(device).gaps) {
      if (gap.why === 'unmodelled') rules.set(gap.detail, gap)
    }
  }
  return { functions, gaps: [...rules.values()] }
}

function withReset(host: VfioHost, targets: readonly PciDevice[]): Set<PciAddress> {
  const functions = new Set(targets.map(({ address }) => address))
  // Beside all functions there are no others.
  if (functions.size === host.topology.devices.length) return functions
  for (const { affected, unaccounted } of distinctScopes(host, targets).keys()) {
    for (const { address } of affected) functions.add(address)
    for (const { address } of unaccounted) functions.add(address)
  }
  return functions
}
