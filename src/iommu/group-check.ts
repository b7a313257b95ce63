import type { PciAddresses } from '../host/pci-address.js'
import type { PciDevice } from '../pci/device.js'
import { groupBy } from '../text/lists.js'
import type { IsolationFinding } from './findings.js'

/** The groups that the kernel made against those that the registers predict. */
export interface GroupCheck {
  /**
   * False where there are no groups, where a register on which a group depends was not read, and where the kernel groups by
   * another rule than `pci_device_group`, or is not known to group by it.
   */
  readonly comparable: boolean
  /** Where the two differ; empty also where they are not comparable. */
  readonly differences: readonly GroupDifference[]
}

/** Groups that overlap without being equal, closed under overlap: both sides hold the same functions. */
export interface GroupDifference {
  /** The members of each group that the kernel made. */
  readonly actual: readonly PciAddresses[]
  /** The members of each group that the registers predict. */
  readonly predicted: readonly PciAddresses[]
  /** What can have caused it. */
  readonly explanation: readonly IsolationFinding[]
}

/** One function with the number of its group on either side. */
export interface GroupedFunction {
  readonly device: PciDevice
  readonly actual: number
  readonly predicted: number
}

/**
 * Compares two partitions by content; group numbers mean nothing. Returns the functions of each difference, in the
 * order given. Linear in the functions.
 */
export function comparePartitions(functions: readonly GroupedFunction[]): GroupedFunction[][] {
  const byActual = groupBySide(functions, 'actual')
  const byPredicted = groupBySide(functions, 'predicted')
  const component = new Map<GroupedFunction, number>()
  const components: GroupedFunction[][] = []
  for (const start of functions) {
    if (component.has(start)) continue
    components.push([])
    flood(start, components.length - 1, { byActual, byPredicted, component })
  }
  for (const each of functions) components[component.get(each) ?? -1]?.push(each)
  return components.filter(
    (members) => countOf(members, 'actual') > 1 || countOf(members, 'predicted') > 1,
  )
}

export type GroupSide = 'actual' | 'predicted'

/** Members of each group of one side, in the order in which the groups first occur. */
export function groupBySide(
  functions: readonly GroupedFunction[],
  side: GroupSide,
): Map<number, readonly GroupedFunction[]> {
  return groupBy(functions, (each) => each[side])
}

interface FloodState {
  readonly byActual: Map<number, readonly GroupedFunction[]>
  readonly byPredicted: Map<number, readonly GroupedFunction[]>
  readonly component: Map<GroupedFunction, number>
}

/** Gives everything that overlaps with `start` its component; each group is walked once and then forgotten. */
function flood(start: GroupedFunction, number: number, state: FloodState): void {
  const waiting = [start]
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (state.component.has(each)) continue
    state.component.set(each, number)
    for (const other of state.byActual.get(each.actual) ?? []) waiting.push(other)
    for (const other of state.byPredicted.get(each.predicted) ?? []) waiting.push(other)
    state.byActual.delete(each.actual)
    state.byPredicted.delete(each.predicted)
  }
}

function countOf(members: readonly GroupedFunction[], side: GroupSide): number {
  return new Set(members.map((each) => each[side])).size
}
