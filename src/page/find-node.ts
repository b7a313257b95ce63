import { describeFunction } from '../document/function-text.js'
import type { ReportIndex } from '../inspect/report-index.js'
import { type TreeNode, treeTopology } from '../inspect/text/tree/tree-topology.js'
import { nodeId } from '../topology/topology-scene.js'

/** The next function after `from` whose address, name or driver holds the text; null: none does. */
export function findNode(text: string, index: ReportIndex, from: string | null): string | null {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return null
  const matches = [...index.functions.values()].filter((each) => {
    const { driver } = each
    const words = [each.address, describeFunction(each), typeof driver === 'string' ? driver : '']
    return words.some((word) => word.toLowerCase().includes(wanted))
  })
  const place = matches.findIndex(({ address }) => address === from)
  return (matches[place + 1] ?? matches[0])?.address ?? null
}

/** Nodes that must be open for a node to be seen. */
export function pathTo(id: string, index: ReportIndex): readonly string[] {
  const topology = treeTopology(index, { all: false })
  const waiting = [...topology.roots.values()]
    .flat()
    .map((node) => ({ node, above: [] as readonly string[] }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, above } = next
    if (holds(node, id)) return node.kind === 'function' ? above : [...above, nodeId(node)]
    for (const child of topology.childrenOf(node)) {
      waiting.push({ node: child, above: [...above, nodeId(node)] })
    }
  }
  return []
}

function holds({ functions }: TreeNode, id: string): boolean {
  return functions.some(({ address }) => address === id)
}
