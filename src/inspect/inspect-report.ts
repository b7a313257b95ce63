import { envelope, type Tool } from '../document/envelope.js'
import type { DeviceName } from '../document/values.js'
import { collectGaps } from '../host/collect-gaps.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RawGroup } from '../host/raw-host.js'
import { bridgesAbove } from '../pci/bridges-above.js'
import type { PciDevice } from '../pci/device.js'
import { isHypothetical } from '../policy/policy.js'
import { groupBy } from '../text/lists.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { dmaPeers } from '../vfio/dma-groups.js'
import { computeUnits } from '../vfio/units.js'
import { acsReports } from './acs-report.js'
import { concernOf, withGroups } from './concern.js'
import { deviceReport, relatedFunction } from './device-report.js'
import type { DeviceReport, InspectReport, RelatedFunction } from './document.js'
import { devSetReports, groupReport, hostReport, LazyGroup } from './host-report.js'
import { type ResetQuery, resetReporting } from './hot-reset-report.js'
import { type DeviceReporting, LazyDevice } from './lazy-device.js'
import { isHostNeed } from './report-index.js'
import { hostSummary, targetsSummary } from './text/host-summary.js'
import { LazyUnit, type UnitReport, unitReport, unitReporting } from './unit-report.js'
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

/** The document with its longest lists still to be made: while it is written, their entries never stand in memory together. */
export interface InspectAnswer extends Omit<InspectReport, 'devices' | 'units'> {
  /** Makes every device anew each time. */
  readonly devices: Iterable<DeviceReport>
  /** Makes every unit anew each time. */
  readonly units: Iterable<UnitReport>
}

/** The whole of `inspect`: from what was read to the document. Pure. */
export function inspectReport(question: InspectQuestion): InspectReport {
  const answer = inspectAnswer(question)
  return { ...answer, devices: [...answer.devices], units: [...answer.units] }
}

export function inspectAnswer(question: InspectQuestion): InspectAnswer {
  const found = find(question)
  const { targets, context, units } = found
  const { host, isolation } = context
  return {
    ...found.head,
    devices: made(targets, () => {
      // What functions have in common goes with the last of them.
      const forAll = { ...context, ...resetReporting(host, context.query) }
      return (device) => deviceReport(device, forAll)
    }),
    related: question.targets === null ? [] : relatedFunctions(found),
    groups: found.groups.map((group) => groupReport(group, host, isolation)),
    groupCheck: isolation.check(),
    devSets: devSetReports(host).filter(({ members }) => found.isConcerned(members)),
    units: made(units, () => (unit) => unitReport(unit, found.reporting)),
    warnings: found.warnings,
  }
}

/** The whole host for the overview and the tree: nothing is worked out before they show it, and no policy that they do not show. */
export function inspectOverview({
  query,
  ...question
}: Omit<InspectQuestion, 'targets'>): InspectReport {
  const real = query.policies.filter((policy) => !isHypothetical(policy))
  const policies = real.length > 0 ? real : query.policies
  const found = find({ ...question, targets: null, query: { ...query, policies } })
  const { targets, context, groups, units, warnings } = found
  const { host, isolation } = context
  return {
    ...found.head,
    devices: found.devices ?? targets.map((device) => new LazyDevice(device, context)),
    related: [],
    groups: groups.map((group) => new LazyGroup(group, host, isolation)),
    groupCheck: isolation.check(),
    get devSets() {
      return devSetReports(host)
    },
    units,
    warnings,
  }
}

type Found = ReturnType<typeof find>

/** What every answer is made from. */
function find(question: InspectQuestion) {
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
    ...resetReporting(host, query),
    isolation,
    acsOf: acsReports(),
    nameOf: ({ address }) => question.names.get(address) ?? null,
    warningsOf: (address) => warned.get(address) ?? [],
  }
  const all = computeUnits(host).filter(({ devices }) => isConcerned(devices))
  const reporting = unitReporting(question.host, all, query.policies)
  const units = all.map((unit) => new LazyUnit(unit, reporting))
  const devices =
    question.targets === null ? targets.map((device) => new LazyDevice(device, context)) : null
  const summary =
    devices === null ? summaryOf(targets, units, context) : hostSummaryOf(devices, units, context)
  return {
    head: {
      ...envelope('inspect', question.host, { gaps: [...collectGaps(raw), ...gaps], tool }),
      summary,
      host: hostReport(host),
    },
    targets,
    devices,
    concerned,
    isConcerned,
    context,
    groups: raw.groups.filter((group: RawGroup) => isConcerned(group.devices)),
    units,
    reporting,
    warnings,
  }
}

/** What can be given to whom. */
function hostSummaryOf(
  devices: readonly LazyDevice[],
  units: readonly UnitReport[],
  { host, warningsOf }: DeviceReporting,
): string {
  const needed = new Set(
    devices.flatMap(({ address }) => (warningsOf(address).some(isHostNeed) ? [address] : [])),
  )
  return hostSummary({ host: hostReport(host), devices, units, needed })
}

/** Of one function its own answer, of several those of their units. */
function summaryOf(
  targets: readonly PciDevice[],
  units: readonly UnitReport[],
  context: DeviceReporting,
): string {
  const [first, ...others] = targets
  return first !== undefined && others.length === 0
    ? new LazyDevice(first, context).summary
    : targetsSummary(units)
}

/** `begin` is called before the first value. */
function made<T, U>(values: readonly T[], begin: () => (value: T) => U): Iterable<U> {
  return {
    *[Symbol.iterator]() {
      const make = begin()
      for (const value of values) yield make(value)
    },
  }
}

/** Functions reset along, members of the targets' groups, and the bridges above, as far as they are no targets. */
function relatedFunctions({ targets, concerned, context }: Found): readonly RelatedFunction[] {
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
