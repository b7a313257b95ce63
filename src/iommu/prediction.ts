import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import { type AliasPeers, findAliasPeers } from './alias-peers.js'
import { type Grouping, simulateGrouping } from './grouping.js'
import type { IsolationRules } from './isolation.js'
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

/** Numbers are given out in order of registration, so equal partitions have equal numbers. */
function isSamePartition(a: Grouping, b: Grouping): boolean {
  if (a.groups.length !== b.groups.length) return false
  for (const [device, group] of a.groupOf) if (b.groupOf.get(device) !== group) return false
  return true
}
