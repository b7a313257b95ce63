import { isNo, isYes } from '../host/gap.js'
import { kernelOf } from '../kernel/kernel.js'
import { carries, type KernelChange } from '../kernel/kernel-change.js'
import type { PciDevice } from '../pci/device.js'
import { distinct } from '../text/lists.js'
import type { AcsParameters } from './command-line.js'
import { isOverridden } from './command-line.js'
import { type ExplanationInput, explainFunction, pathExplainer } from './explain-isolation.js'
import type { DifferenceCause, IsolationFinding, IsolationFindingKind } from './findings.js'
import { type GroupedFunction, type GroupSide, groupBySide } from './group-check.js'
import { looksSingle } from './late-functions.js'

/** What a comparison can blame beside the functions themselves. */
export interface DifferenceContext extends ExplanationInput {
  readonly parameters: AcsParameters
  /** Firmware of an AMD host can add aliases that sysfs does not show. */
  readonly ivrs: boolean
}

/** Everything that can explain one difference; facts behind the prediction follow where nothing does. */
export function explainDifference(
  members: readonly GroupedFunction[],
  context: DifferenceContext,
): IsolationFinding[] {
  const split = splitGroups(members, 'predicted', 'actual')
  const merged = splitGroups(members, 'actual', 'predicted')
  const causes = distinct([
    ...split.flatMap((group) => explainFiner(group, context)),
    ...findEarlyGroups(members, context),
    ...merged.flatMap((group) => explainCoarser(group, context)),
  ])
  const explained = causes.length > 0 ? causes : unexplained([...split, ...merged], context)
  const ofRegisters = causes.some(({ kind }) => REGISTER_CAUSES.has(kind))
  return ofRegisters ? [...explained, ...context.parameters.registers] : explained
}

const REGISTER_CAUSES: ReadonlySet<IsolationFindingKind> = new Set([
  'acs-cleared-since',
  'acs-enabled-since',
])

/** Groups of one side that are spread over several groups of the other. */
function splitGroups(
  members: readonly GroupedFunction[],
  side: GroupSide,
  other: GroupSide,
): PciDevice[][] {
  return [...groupBySide(members, side).values()]
    .filter((group) => new Set(group.map((each) => each[other])).size > 1)
    .map((group) => group.map(({ device }) => device))
}

/** Actual groups are finer: something vouched for isolation that the registers do not show. */
function explainFiner(group: readonly PciDevice[], context: DifferenceContext): DifferenceCause[] {
  const { override } = context.parameters
  return group.flatMap(pathExplainer(context)).flatMap((finding): DifferenceCause[] => {
    if (finding.kind === 'acs-not-enabled') {
      return [{ kind: 'acs-cleared-since', at: finding.at, missing: finding.missing }]
    }
    if (finding.kind !== 'no-acs-capability' || override === null) return []
    const device = context.topology.byAddress.get(finding.at)
    if (device === undefined || !isOverridden(device, override)) return []
    return [{ kind: 'acs-override', at: finding.at, parameter: override }]
  })
}

/** Functions above 0 with a group of their own that the kernel may have formed before it saw the device's others. */
function findEarlyGroups(
  members: readonly GroupedFunction[],
  { rules }: DifferenceContext,
): IsolationFinding[] {
  const groups = [...groupBySide(members, 'actual').values()]
  return groups
    .flatMap(([first, ...others]) => (first === undefined || others.length > 0 ? [] : first.device))
    .filter((device) => {
      const { isolated } = rules.isolated(device)
      return looksSingle(device) && isNo(isolated)
    })
    .map(({ address: at }) => ({ kind: 'grouped-as-single-function', at }))
}

/** Actual groups are coarser: isolation that we see was not there, or not believed, when they were formed. */
function explainCoarser(
  group: readonly PciDevice[],
  context: DifferenceContext,
): DifferenceCause[] {
  const adopts = carries(kernelOf(context.topology.raw, undefined), ADOPTED_ACS)
  const causes = group.flatMap((device) => vouched(device, isNo(adopts), context))
  return context.ivrs ? [...causes, ...possibleAliases(group)] : causes
}

/** `isSetAnew`: what is on now was switched on by this kernel. */
function vouched(
  device: PciDevice,
  isSetAnew: boolean,
  context: DifferenceContext,
): DifferenceCause[] {
  const { address: at, acs } = device
  const quirks = explainFunction(device, context).flatMap((finding): DifferenceCause[] =>
    finding.kind === 'quirk-isolates'
      ? [{ kind: 'quirk-not-active', at, quirk: finding.quirk }]
      : [],
  )
  if (quirks.length > 0) return quirks
  if (!isSetAnew) return []
  const { isolated } = context.rules.isolated(device)
  const byRegisters = isYes(isolated) && acs.known && acs.value !== null
  return byRegisters ? [{ kind: 'acs-enabled-since', at }] : []
}

/** Then ACS can be what the kernel before a live update set, so that what is on now was not switched on since. */
export const ADOPTED_ACS: KernelChange = {
  what: 'the ACS controls of functions that a live update preserves are taken as found',
  mainline: '7.4',
  stable: {},
  part: 'quirk',
  source: 'drivers/pci of 7.3; linux-next of September 2026',
}

/** Functions of one bus are all that an IVRS entry can alias. */
function possibleAliases(group: readonly PciDevice[]): DifferenceCause[] {
  const buses = new Set<string>()
  return group.flatMap((device) => {
    const { bus, address: at } = device
    if (buses.has(bus)) return [{ kind: 'ivrs-alias-possible', at } as const]
    buses.add(bus)
    return []
  })
}

function unexplained(
  groups: readonly (readonly PciDevice[])[],
  context: DifferenceContext,
): IsolationFinding[] {
  const members = groups.flat()
  const facts = distinct(members.flatMap((device) => explainFunction(device, context)))
  const [first] = members
  if (first === undefined) return facts
  return [{ kind: 'difference-unexplained', at: first.address }, ...facts]
}
