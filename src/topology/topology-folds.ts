import { isStated } from '../document/stated.js'
import type { RelatedFunction } from '../inspect/document.js'
import type { ReportIndex } from '../inspect/report-index.js'
import {
  type TreeNode,
  type TreeTopology,
  treeTopology,
} from '../inspect/text/tree/tree-topology.js'
import { nodeId } from './topology-scene.js'

/** Rows of a drawing that is looked at as a whole. */
export const USUAL_ROWS = 90

/**
 * What to fold so that a drawing has about `rows` rows more than its root buses have functions. Cards for several
 * functions stay closed; ports are opened from the top, those first below which VFIO has something.
 */
export function usualFolds(index: ReportIndex, rows: number): ReadonlySet<string> {
  const topology = treeTopology(index, { all: false })
  const folded = new Set<string>()
  let left = rows
  for (let open = [...topology.roots.values()].flat(); open.length > 0; ) {
    const below: TreeNode[] = []
    for (const node of interestingFirst(open, topology)) {
      const children = topology.childrenOf(node)
      // The first child takes the row of its parent.
      const more = children.length - 1
      if (node.kind !== 'function' || (more > 0 && more > left)) folded.add(nodeId(node))
      else {
        left -= Math.max(0, more)
        below.push(...children)
      }
    }
    open = below
  }
  return folded
}

function interestingFirst(nodes: readonly TreeNode[], topology: TreeTopology): readonly TreeNode[] {
  const interesting = new Set(nodes.filter((node) => isInteresting(node, topology)))
  return [...interesting, ...nodes.filter((node) => !interesting.has(node))]
}

/** Below it, within a few levels, something is given to users. */
function isInteresting(node: TreeNode, topology: TreeTopology): boolean {
  let level: readonly TreeNode[] = [node]
  for (let depth = 0; depth < LOOK_DOWN && level.length > 0; depth += 1) {
    if (level.some(({ functions }) => functions.some(isGiven))) return true
    level = level.flatMap((each) => topology.childrenOf(each))
  }
  return false
}

/** Root port, switch, its port, function. */
const LOOK_DOWN = 4

/** VFs are left out: their PF has a card of them all. */
function isGiven({ vfio, sriov }: RelatedFunction): boolean {
  return vfio === true && !(isStated(sriov) && sriov?.role === 'vf')
}
