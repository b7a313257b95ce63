import { isYes, known, type Observed, unknown, valueOrNull } from '../host/gap.js'
import type { PciAddress } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { remembered } from '../text/lists.js'
import type { AcsQuirkId } from './acs-quirk-table.js'
import { quirkHost } from './acs-quirks.js'
import { parseAcsParameters } from './command-line.js'
import { explainDifference } from './explain-difference.js'
import { type ExplanationInput, explainFunction, pathExplainer } from './explain-isolation.js'
import type { IsolationFinding } from './findings.js'
import {
  comparePartitions,
  type GroupCheck,
  type GroupedFunction,
  type GroupSide,
  groupBySide,
} from './group-check.js'
import { groupingRule, isGroupedByPci } from './grouping-rule.js'
import { decodeGroups, type IommuGroup, iommuActive, isAloneIn, realGroupOf } from './groups.js'
import { isolationRules } from './isolation.js'
import { type GroupPrediction, predictGroups } from './prediction.js'
import { strictView } from './strict.js'

/** How well the functions of a host are kept apart, and why. Findings are worked out when they are asked for. */
export interface IsolationModel {
  /** Groups as the host states them, by number. */
  readonly groups: ReadonlyMap<number, IommuGroup>
  /** Groups as the kernel's algorithm gives them for the functions that have one. */
  readonly prediction: GroupPrediction
  readonly of: (address: PciAddress) => DeviceIsolation
  /** Facts at the members of a group that explain how wide it is. */
  readonly ofGroup: (members: readonly PciAddress[]) => readonly IsolationFinding[]
  /** Rule of the quirk table that applies to the function; null: none, or unknown. */
  readonly quirkOf: (address: PciAddress) => AcsQuirkId | null
  readonly check: () => GroupCheck
}

export interface DeviceIsolation {
  /**
   * Its group, as the kernel made it, holds only this function. Unknown without a group, and where members were not read.
   * What the registers predict is in the comparison, and leaks of the strict view are findings: neither changes it
   * (`docs/reference/groups.md#strict-view`).
   */
  readonly isolated: Observed<boolean>
  /** Hop by hop from the function up to the root bus, then leaks. */
  readonly findings: readonly IsolationFinding[]
}

export function analyseIsolation(topology: Topology): IsolationModel {
  const groups = new Map(decodeGroups(topology.raw).map((group) => [group.id, group]))
  const actual = new Map(topology.devices.map((device) => [device, realGroupOf(device, groups)]))
  const groupOf = (device: PciDevice) => actual.get(device) ?? device.raw.iommuGroup
  const inUse = iommuActive(topology.raw)
  const rule = groupingRule(topology.raw)
  const otherRule = rule.known && rule.value !== 'pci-device-group' ? rule.value : null
  const rules = isolationRules(topology)
  const prediction = predictGroups(topology, rules, (device) => groupOrNone(groupOf(device)))
  const { peers, late } = prediction
  const input = { topology, rules, peers, late }
  const strict = strictView(topology, rules, {
    predicted: prediction.narrowest,
    groupOf: (device) => groupOrNone(groupOf(device)),
  })
  const explainPath = pathExplainer(input)
  const at = (address: PciAddress) => topology.byAddress.get(address)
  const isolations = new Map<PciAddress, DeviceIsolation>()
  let checked: GroupCheck | undefined

  const of = (address: PciAddress): DeviceIsolation =>
    remembered(isolations, address, () => isolationOf(address))

  const isolationOf = (address: PciAddress): DeviceIsolation => {
    const device = at(address)
    if (device === undefined) return { isolated: unknown(noGroup(address, address)), findings: [] }
    const group = groupOf(device)
    const findings = joined(
      explainNoGroup(device, groups, inUse),
      otherRule === null
        ? joined(explainPath(device), strict.leaksOf(device))
        : [{ kind: 'other-grouping-rule', at: address, rule: otherRule }],
    )
    if (!group.known) return { isolated: group, findings }
    if (group.value === null) {
      return { isolated: unknown(noGroup(device.raw.path, address)), findings }
    }
    const own = groups.get(group.value)
    return { isolated: own === undefined ? known(true) : isAloneIn(own, topology.raw), findings }
  }

  return {
    groups,
    prediction,
    of,
    ofGroup: (members) =>
      members.flatMap((address) => {
        const device = at(address)
        return device === undefined || otherRule !== null ? [] : explainFunction(device, input)
      }),
    quirkOf: (address) => {
      const device = at(address)
      return device === undefined ? null : rules.quirkOf(device)
    },
    check: () => {
      checked ??= checkGroups(topology, prediction, groupOf, input)
      return checked
    },
  }
}

/** Often there is nothing to join, and thousands of functions have one list. */
function joined(
  first: readonly IsolationFinding[],
  second: readonly IsolationFinding[],
): readonly IsolationFinding[] {
  if (first.length === 0) return second
  return second.length === 0 ? first : [...first, ...second]
}

function checkGroups(
  topology: Topology,
  prediction: GroupPrediction,
  groupOf: (device: PciDevice) => Observed<number | null>,
  input: ExplanationInput,
): GroupCheck {
  const predicted = prediction.narrowest.groupOf
  const stated = topology.devices.map((device) => ({ device, group: groupOf(device) }))
  const isPlaced = [...topology.byBus.values()].every(({ kind }) => kind !== 'unseen')
  const complete = isPlaced && predicted.size > 0 && stated.every(({ group }) => group.known)
  if (!complete || !prediction.certain || !isGroupedByPci(topology.raw)) {
    return { comparable: false, differences: [] }
  }
  const functions = stated.flatMap(({ device, group }) => {
    const number = predicted.get(device)
    if (!group.known || group.value === null || number === undefined) return []
    return [{ device, actual: group.value, predicted: number }]
  })
  const { commandLine } = topology.raw.system
  const { ivrs } = quirkHost(topology.raw)
  const context = {
    ...input,
    parameters: parseAcsParameters(commandLine.known ? commandLine.value : ''),
    ivrs: isYes(ivrs),
  }
  const differences = comparePartitions(functions).map((members) => ({
    actual: addressesBySide(members, 'actual'),
    predicted: addressesBySide(members, 'predicted'),
    explanation: explainDifference(members, context),
  }))
  return { comparable: true, differences }
}

function addressesBySide(members: readonly GroupedFunction[], side: GroupSide): PciAddress[][] {
  return [...groupBySide(members, side).values()].map((group) =>
    group.map(({ device }) => device.address),
  )
}

function explainNoGroup(
  { raw: { iommuGroup }, address }: PciDevice,
  groups: ReadonlyMap<number, IommuGroup>,
  inUse: Observed<boolean>,
): IsolationFinding[] {
  if (!iommuGroup.known) return []
  const group = iommuGroup.value
  if (group === null) {
    return [{ kind: 'no-iommu-group', at: address, iommuInUse: valueOrNull(inUse) }]
  }
  const fake = groups.get(group)?.fake
  return fake?.known && fake.value ? [{ kind: 'fake-iommu-group', at: address, group }] : []
}

/** A group that could not be read keeps its function out; the comparison then says that it cannot be made. */
function groupOrNone(group: Observed<number | null>): number | null {
  return valueOrNull(group)
}

function noGroup(path: string, address: PciAddress) {
  const why = 'absent' as const
  return { path: `${path}/iommu_group`, why, detail: `${address} has no group of an IOMMU` }
}
