import type { Gap, Observed } from '../host/gap.js'
import { known, unknown } from '../host/gap.js'
import { slotKeyOf } from '../host/pci-address.js'
import { bridgesAbove } from '../pci/bridges-above.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { type AliasPeers, findAliasPeers } from './alias-peers.js'
import { type Grouping, requesterOf, simulateGrouping } from './grouping.js'
import { firstGap, type IsolationRules, isMultifunction } from './isolation.js'
import { findLateFunctions } from './late-functions.js'
import { registrationOrder } from './registration-order.js'

/** The groups that the kernel would form, between the two extremes that unread registers leave. */
export interface GroupPrediction {
  readonly narrowest: Grouping
  readonly widest: Grouping
  /** Both are the same partition: nothing that matters is unread. */
  readonly certain: boolean
  readonly peers: AliasPeers
  /** Functions that came after the others and were taken for single ones. */
  readonly late: ReadonlySet<PciDevice>
}

/**
 * Recomputes groups for the functions that have one; the actual numbers tell nothing but who came late. The second
 * extreme is computed only if something is unread.
 */
export function predictGroups(
  topology: Topology,
  rules: IsolationRules,
  actualGroupOf: (device: PciDevice) => number | null,
): GroupPrediction {
  const peers = findAliasPeers(topology)
  const bootOrder = registrationOrder(topology)
  const late = findLateFunctions(bootOrder, actualGroupOf)
  const order = [...bootOrder.filter((device) => !late.has(device)), ...late]
  const participates = (device: PciDevice) => actualGroupOf(device) !== null
  const input = { topology, rules, peers, order, participates, late }
  const widest = simulateGrouping(input, 'widest')
  if (!widest.assumed && peers.unpredictable.size === 0) {
    return { narrowest: widest, widest, certain: true, peers, late }
  }
  const narrowest = simulateGrouping(input, 'narrowest')
  return { narrowest, widest, certain: isSamePartition(narrowest, widest), peers, late }
}

/** Whether the function is alone in its recomputed group. It must be one that takes part. */
export function isAlone(
  device: PciDevice,
  prediction: GroupPrediction,
  topology: Topology,
  rules: IsolationRules,
): Observed<boolean> {
  if (groupSize(device, prediction.widest) === 1) return known(true)
  if (groupSize(device, prediction.narrowest) > 1) return known(false)
  return unknown(decidingGap(device, topology, rules))
}

/** Numbers are given out in order of registration, so equal partitions have equal numbers. */
function isSamePartition(a: Grouping, b: Grouping): boolean {
  if (a.groups.length !== b.groups.length) return false
  for (const [device, group] of a.groupOf) if (b.groupOf.get(device) !== group) return false
  return true
}

function groupSize(device: PciDevice, { groupOf, groups }: Grouping): number {
  const group = groupOf.get(device)
  return group === undefined ? 0 : (groups[group]?.length ?? 0)
}

/** The nearest unread register on which the function's group depends. */
function decidingGap(device: PciDevice, topology: Topology, rules: IsolationRules): Gap {
  const requester = requesterOf(topology, device)
  const slot = topology.bySlot.get(slotKeyOf(requester.address)) ?? []
  const isolated = (each: PciDevice) => rules.isolated(each).isolated
  const answers = [
    ...bridgesAbove(requester, topology).map(isolated),
    isMultifunction(requester),
    ...slot.map(isolated),
  ]
  const unpredictable = 'the requester IDs of its bus cannot be predicted'
  return (
    firstGap(answers) ?? {
      path: `${device.raw.path}/config`,
      why: 'unmodelled',
      detail: unpredictable,
    }
  )
}
