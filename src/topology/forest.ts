import type { PciAddress } from '../host/pci-address.js'
import type { RelatedFunction } from '../inspect/document.js'
import type { TreeNode } from '../inspect/text/tree/tree-topology.js'

/** What hangs on the root buses, as it is drawn. Nothing that is ticked changes it, so a drawing stays as it is laid out. */
export interface Forest {
  readonly roots: readonly Root[]
  readonly passages: readonly Passage[]
}

/** A root bus with what hangs on it. */
export interface Root {
  /** `Root bus 0000:17 · NUMA node 0`. */
  readonly title: string
  readonly entries: readonly Entry[]
}

/** Requests from or from below `from` can reach `to`, or what is below, without passing the IOMMU. */
export interface Passage {
  readonly from: readonly PciAddress[]
  readonly to: readonly PciAddress[]
}

/** One card, or devices that are alike as a stack of cards. */
export type Entry = Tree | Stack

/** A card with what stands below it. */
export interface Tree extends TreeNode {
  /** Devices that it stands for; more than one: `functions` are those at the same place in each device of a stack. */
  readonly devices: number
  readonly below: readonly Entry[]
}

/** Devices that are alike, each with all that is below it. */
export interface Stack {
  readonly kind: 'stack'
  readonly units: readonly (readonly Tree[])[]
  /** All of them as one: a card for each place in a device. */
  readonly rows: readonly [Tree, ...Tree[]]
}

/** Name of a card or stack in a scene; one function's is its address. */
export function entryId(entry: Entry): string {
  const tree = entry.kind === 'stack' ? entry.rows[0] : entry
  const [{ address }] = tree.functions
  const name = tree.kind === 'function' ? address : `${address} and more`
  return tree.devices > 1 ? `${name} and alike` : name
}

/** Cards of an entry, with stacks closed. */
export function rowsOf(entry: Entry): readonly Tree[] {
  return entry.kind === 'stack' ? entry.rows : [entry]
}

/** All functions of entries, and of what is below them. */
export function* functionsWithin(entries: readonly Entry[]): Generator<RelatedFunction> {
  const waiting = entries.flatMap(rowsOf)
  for (let tree = waiting.pop(); tree !== undefined; tree = waiting.pop()) {
    yield* tree.functions
    // Below a card of several functions stand the same ones, one by one.
    if (tree.kind === 'function') waiting.push(...tree.below.flatMap(rowsOf))
  }
}
