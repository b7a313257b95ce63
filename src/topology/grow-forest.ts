import { isStated } from '../document/stated.js'
import type { RelatedFunction } from '../inspect/document.js'
import {
  type TreeNode,
  type TreeTopology,
  treeTopology,
  vmdAbove,
} from '../inspect/text/tree/tree-topology.js'
import { listed } from '../text/english.js'
import { type Alike, alikeIn } from './alike.js'
import { type Entry, type Forest, functionsWithin, type Root, type Tree } from './forest.js'
import { passagesIn } from './passages.js'
import type { ForestOptions } from './scene-options.js'

/** What is drawn of a host: its hierarchy, with devices that are alike as stacks. */
export function growForest(options: ForestOptions): Forest {
  const topology = treeTopology(options.index, { all: false })
  const alike = alikeIn(options)
  const roots = [...topology.roots].map(([bus, nodes]): Root => {
    const entries = entriesOf(nodes, null, { topology, alike })
    const parts = [`Root bus ${bus}`, ...behindVmd(nodes), ...numaText(entries, options)]
    return { title: parts.join(' · '), entries }
  })
  return { roots, passages: passagesIn(options.index) }
}

function behindVmd(nodes: readonly TreeNode[]): string[] {
  const vmd = vmdAbove(nodes)
  return vmd === null ? [] : [`behind VMD ${vmd}`]
}

/** The NUMA nodes that functions of a root bus state. */
function numaText(entries: readonly Entry[], { index: { devices } }: ForestOptions): string[] {
  const nodes = new Set<number>()
  for (const { address } of functionsWithin(entries)) {
    const node = devices.get(address)?.numaNode ?? null
    if (isStated(node) && node !== null) nodes.add(node)
  }
  if (nodes.size === 0) return []
  return [
    `NUMA ${nodes.size > 1 ? 'nodes' : 'node'} ${listed([...nodes].sort((a, b) => a - b).map(String))}`,
  ]
}

interface Growing {
  readonly topology: TreeTopology
  readonly alike: Alike
}

function entriesOf(
  nodes: readonly TreeNode[],
  above: RelatedFunction | null,
  growing: Growing,
): readonly Entry[] {
  const trees = nodes.map((node): Tree => {
    const below = entriesOf(childrenOf(node, growing.topology), node.functions[0], growing)
    return { ...node, devices: 1, below }
  })
  return growing.alike.stacked(trees, above)
}

/** What stands below a card; functions that share one are its children. */
function childrenOf(node: TreeNode, topology: TreeTopology): readonly TreeNode[] {
  if (node.kind === 'function') return topology.childrenOf(node)
  return node.functions.map((each): TreeNode => ({ kind: 'function', functions: [each] }))
}
