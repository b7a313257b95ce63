import { isBridge } from '../document/function-text.js'
import { isStated } from '../document/stated.js'
import { slotKeyOf } from '../host/pci-address.js'
import type { RelatedFunction } from '../inspect/document.js'
import { acsText } from '../inspect/text/acs-text.js'
import { groupBy, remembered } from '../text/lists.js'
import { type Entry, rowsOf, type Stack, type Tree } from './forest.js'
import type { ForestOptions } from './scene-options.js'
import { alertOf, markOf } from './topology-card.js'

/** Finds devices that are alike. */
export interface Alike {
  /** The cards below one bridge, with stacks where at least three devices are alike in all that a drawing says of them. */
  readonly stacked: (trees: readonly Tree[], above: RelatedFunction | null) => readonly Entry[]
}

const LEAST = 3

/** Devices are alike when they and all below them have the same IDs, drivers, links, groups, verdicts and warnings. */
export function alikeIn(options: ForestOptions): Alike {
  const numbers = new Map<string, number>()
  const kinds = new Map<Tree, number>()
  const kindOfEntry = (entry: Entry): string =>
    entry.kind === 'stack'
      ? `${entry.units.length} x ${entry.rows.map((row) => kinds.get(row)).join()}`
      : String(kinds.get(entry))
  return {
    stacked(trees, above) {
      trees.forEach((tree, place) => {
        const before = trees[place - 1]?.functions[0] ?? null
        const facts = factsOf(tree, above, before, options)
        const text = JSON.stringify([facts, tree.below.map(kindOfEntry)])
        kinds.set(
          tree,
          remembered(numbers, text, () => numbers.size),
        )
      })
      const units = unitsOf(trees)
      const byKind = groupBy(units, (unit) => unit.map((tree) => kinds.get(tree)).join())
      return [...byKind.values()].flatMap((same): readonly Entry[] => {
        if (same.length < LEAST) return same.flat()
        const stack = stackOf(same)
        for (const row of stack?.rows ?? []) {
          kinds.set(
            row,
            remembered(numbers, `${same.length} ${kinds.get(row)}`, () => numbers.size),
          )
        }
        return stack === null ? same.flat() : [stack]
      })
    },
  }
}

/** The functions of a device with what is below them; each port is one of its own. */
function unitsOf(trees: readonly Tree[]): readonly (readonly Tree[])[] {
  const key = ({ functions: [first] }: Tree) =>
    isBridge(first) ? first.address : slotKeyOf(first.address)
  return [...groupBy(trees, key).values()]
}

function stackOf(units: readonly (readonly Tree[])[]): Stack | null {
  const [first, ...rest] = together(units)
  return first === undefined ? null : { kind: 'stack', units, rows: [first, ...rest] }
}

/** Alike lists of cards as one: each with the functions of all that have its place. */
function together(lists: readonly (readonly Tree[])[]): readonly Tree[] {
  const [first = []] = lists
  return first.map((tree, place): Tree => {
    const same = lists.flatMap((list) => list[place] ?? [])
    const [one, ...others] = tree.functions
    const rest = same.slice(1).flatMap(({ functions }) => functions)
    return {
      kind: tree.kind,
      functions: [one, ...others, ...rest],
      devices: same.reduce((sum, { devices }) => sum + devices, 0),
      below: together(same.map(({ below }) => below.flatMap(rowsOf))),
    }
  })
}

/** All that a drawing says of a function and that several can have in common. */
function factsOf(
  { kind, functions }: Tree,
  above: RelatedFunction | null,
  before: RelatedFunction | null,
  options: ForestOptions,
): readonly unknown[] {
  const { index, asked, links } = options
  const [first] = functions
  const { address, vendorId, deviceId, classCode, portType, driver, vfio, iommuGroup, sriov } =
    first
  const group =
    isStated(iommuGroup) && iommuGroup !== null ? index.groups.get(iommuGroup) : undefined
  const device = index.devices.get(address)
  const { affected } = device?.hotReset ?? {}
  const alert = alertOf(first, options)
  return [
    // What is asked about, or needed by the host, is like nothing else.
    asked.has(address) || alert !== null ? address : kind,
    functions.length,
    [vendorId, deviceId, classCode, portType, driver, vfio],
    isStated(sriov) ? (sriov?.role ?? null) : '?',
    isStated(iommuGroup) ? (group?.devices.length ?? null) : '?',
    [above, before].map((other) => other !== null && other.iommuGroup === iommuGroup),
    acsText(first),
    affected !== undefined && isStated(affected) ? affected.length : '?',
    markOf(first, options),
    links.get(address) ?? null,
  ]
}
