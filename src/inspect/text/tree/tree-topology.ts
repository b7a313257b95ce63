import { classWords } from '../../../document/class-words.js'
import { isBridge } from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import type { PciAddress } from '../../../host/pci-address.js'
import { append, groupBy } from '../../../text/lists.js'
import type { RelatedFunction } from '../../document.js'
import type { ReportIndex } from '../../report-index.js'

/** One line of the tree: a function, or several that say the same. */
export interface TreeNode {
  readonly kind: 'function' | 'virtual-functions' | 'chipset'
  readonly functions: readonly [RelatedFunction, ...RelatedFunction[]]
}

export interface TreeTopology {
  /** What hangs on each root bus. */
  readonly roots: ReadonlyMap<string, readonly TreeNode[]>
  readonly childrenOf: (node: TreeNode) => readonly TreeNode[]
}

/** More chipset functions than this below one bus share a line. */
const CHIPSET_LINES = 2

/** The hierarchy as bridges have it; VFs stand below their PF, whatever bus they are on. */
export function treeTopology(index: ReportIndex, { all }: { readonly all: boolean }): TreeTopology {
  const below = new Map<PciAddress, RelatedFunction[]>()
  const rootFunctions = new Map<string, RelatedFunction[]>()
  for (const each of index.functions.values()) {
    const above = aboveOf(each, index)
    if (above === null) append(rootFunctions, each.address.slice(0, -5), each)
    else append(below, above, each)
  }
  const nodesOf = (functions: readonly RelatedFunction[]): readonly TreeNode[] =>
    all ? functions.map(single) : foldNodes(functions)
  return {
    roots: new Map([...rootFunctions].map(([bus, functions]) => [bus, nodesOf(functions)])),
    childrenOf: ({ kind, functions: [first] }) =>
      kind === 'function' ? nodesOf(below.get(first.address) ?? []) : [],
  }
}

/** PF of a VF, else the bridge; null on a root bus, and where neither is in the report. */
function aboveOf(
  { sriov, parent }: RelatedFunction,
  { functions }: ReportIndex,
): PciAddress | null {
  if (isStated(sriov) && sriov?.role === 'vf' && functions.has(sriov.pf)) return sriov.pf
  return isStated(parent) && parent !== null && functions.has(parent) ? parent : null
}

function single(each: RelatedFunction): TreeNode {
  return { kind: 'function', functions: [each] }
}

/** VFs that are alike share a line, and so do the chipset functions of one bus. */
function foldNodes(functions: readonly RelatedFunction[]): readonly TreeNode[] {
  const folds = groupBy(functions, foldKey)
  const nodes: TreeNode[] = []
  const done = new Set<string>()
  for (const each of functions) {
    const key = foldKey(each)
    const [first, ...rest] = folds.get(key) ?? [each]
    if (first === undefined || rest.length < leastRest(key)) nodes.push(single(each))
    else if (!done.has(key)) nodes.push({ kind: kindOf(key), functions: [first, ...rest] })
    done.add(key)
  }
  return nodes
}

/** The VMD endpoint that a root bus hangs behind, by whose ID everything there goes; null: none. */
export function vmdAbove(nodes: readonly TreeNode[]): PciAddress | null {
  const [vmd = null] = nodes
    .flatMap((node) => node.functions)
    .flatMap(({ isolation }) => isolation.findings)
    .flatMap((finding) => (finding.kind === 'vmd-requester' ? [finding.vmd] : []))
  return vmd
}

const CHIPSET = 'chipset'

function foldKey(each: RelatedFunction): string {
  const { sriov, driver, address, classCode, parent } = each
  if (isStated(sriov) && sriov?.role === 'vf') return `vf ${JSON.stringify(driver)}`
  if (isBridge(each) || each.vfio === true) return address
  return classWords(classCode, parent === null).purpose === 'chipset' ? CHIPSET : address
}

function leastRest(key: string): number {
  if (key === CHIPSET) return CHIPSET_LINES
  return key.startsWith('vf ') ? 1 : Number.POSITIVE_INFINITY
}

function kindOf(key: string): TreeNode['kind'] {
  return key === CHIPSET ? 'chipset' : 'virtual-functions'
}
