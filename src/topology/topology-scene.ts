import { isBridge } from '../document/function-text.js'
import { isStated } from '../document/stated.js'
import type { Scene, SceneGroup, SceneNode, SceneRoot, SceneSet } from '../drawing/scene.js'
import type { PciAddress } from '../host/pci-address.js'
import type { RelatedFunction } from '../inspect/document.js'
import { isEndpoint } from '../inspect/text/overview/shown-functions.js'
import { verdictOf } from '../inspect/text/reset-text.js'
import {
  type TreeNode,
  type TreeTopology,
  treeTopology,
  vmdAbove,
} from '../inspect/text/tree/tree-topology.js'
import { counted } from '../text/english.js'
import { escapeTerminal } from '../text/escape.js'
import { resetMark } from './reset-mark.js'
import type { SceneOptions } from './scene-options.js'
import { functionCard, severalCard } from './topology-card.js'

/** The drawing of a report: its hierarchy as cards, groups as regions, what is reset together as outlines. */
export function topologyScene(options: SceneOptions): Scene {
  const { index } = options
  const topology = treeTopology(index, { all: false })
  const drawing: Drawing = { options, topology, nodeOf: new Map() }
  const roots = [...topology.roots].map(
    ([bus, nodes]): SceneRoot => ({
      title: rootTitle(bus, nodes),
      nodes: nodes.map((node) => sceneNode(node, drawing)),
    }),
  )
  return { roots, groups: sceneGroups(drawing), sets: sceneSets(drawing) }
}

/** Name of a node in a scene; one function's is its address. */
export function nodeId({ kind, functions: [first] }: TreeNode): string {
  return kind === 'function' ? first.address : `${first.address} and more`
}

function rootTitle(bus: string, nodes: readonly TreeNode[]): string {
  const vmd = vmdAbove(nodes)
  return vmd === null ? `Root bus ${bus}` : `Root bus ${bus}, behind VMD ${vmd}`
}

interface Drawing {
  readonly options: SceneOptions
  readonly topology: TreeTopology
  /** Node in which each drawn function stands. */
  readonly nodeOf: Map<PciAddress, TreeNode>
}

function sceneNode(node: TreeNode, drawing: Drawing): SceneNode {
  const { options, nodeOf } = drawing
  const id = nodeId(node)
  for (const { address } of node.functions) nodeOf.set(address, node)
  const below = childrenOf(node, drawing)
  const isFolded = below.length > 0 && options.folded.has(id)
  const hidden = isFolded ? countFunctions(below, drawing) : 0
  const card =
    node.kind === 'function' ? functionCard(node.functions[0], options) : severalCard(node, options)
  const facts =
    hidden > 0 && node.kind === 'function' ? hiddenText(below, hidden, drawing) : card.facts
  return {
    ...card,
    id,
    functions: node.functions.map(({ address }) => address),
    facts: escapeTerminal(facts),
    what: escapeTerminal(card.what),
    description: escapeTerminal(card.description),
    children: isFolded ? [] : below.map((child) => sceneNode(child, drawing)),
    hidden,
  }
}

/** What stands below a card; functions that share one are its children. */
function childrenOf(node: TreeNode, { topology }: Drawing): readonly TreeNode[] {
  if (node.kind === 'function') return topology.childrenOf(node)
  return node.functions.map((each): TreeNode => ({ kind: 'function', functions: [each] }))
}

function* functionsBelow(nodes: readonly TreeNode[], drawing: Drawing): Generator<RelatedFunction> {
  const waiting = [...nodes]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield* node.functions
    if (node.kind === 'function') waiting.push(...drawing.topology.childrenOf(node))
  }
}

function countFunctions(nodes: readonly TreeNode[], drawing: Drawing): number {
  return [...functionsBelow(nodes, drawing)].length
}

/** `12 functions below, 3 refused`: refusals that do no harm are not counted. */
function hiddenText(below: readonly TreeNode[], hidden: number, drawing: Drawing): string {
  const { index, policy } = drawing.options
  let refused = 0
  for (const { address } of functionsBelow(below, drawing)) {
    const device = index.devices.get(address)
    if (device === undefined || !isEndpoint(device)) continue
    if (resetMark(device, verdictOf(device, policy)) === 'no') refused += 1
  }
  const marked = refused > 0 ? `, ${refused} refused` : ''
  return `${counted(hidden, 'function')} below${marked}`
}

function sceneGroups(drawing: Drawing): readonly SceneGroup[] {
  return drawing.options.index.report.groups.map(({ id, devices }) => ({
    label: `group ${id}`,
    members: drawnMembers(devices, drawing),
  }))
}

/**
 * Outlines of the sets that VFIO keeps now, and of what a hot reset affects together, where that is more than one
 * function.
 */
function sceneSets(drawing: Drawing): readonly SceneSet[] {
  const now = drawing.options.index.report.devSets.map(
    ({ key, members }): SceneSet => ({
      kind: 'dev-set',
      label: key.kind === 'self' ? '' : `dev_set ${key.kind} ${key.of}`,
      members: drawnMembers(members, drawing),
    }),
  )
  const seen = new Set(now.map(({ members }) => members.join(' ')))
  const resets = [...scopeMembers(drawing)].flatMap((functions): readonly SceneSet[] => {
    const members = drawnMembers(functions, drawing)
    const key = members.join(' ')
    if (members.length === 0 || seen.has(key)) return []
    seen.add(key)
    return [{ kind: 'reset', label: 'reset together', members }]
  })
  return [...resets, ...now]
}

/** Everything that a hot reset affects, once for all functions that share the reset. */
function* scopeMembers({ options }: Drawing): Generator<readonly PciAddress[]> {
  const seen = new Set<string>()
  for (const device of options.index.report.devices) {
    const { affected, unaccounted, via } = device.hotReset
    if (isBridge(device) || !isStated(affected) || !isStated(unaccounted)) continue
    const key = `${isStated(via) ? via : '?'} ${affected.length} ${unaccounted.length}`
    if (affected.length + unaccounted.length < 2 || seen.has(key)) continue
    seen.add(key)
    yield [...affected, ...unaccounted]
  }
}

/** Nodes of functions; one that stands for several counts when all of them belong. */
function drawnMembers(members: readonly PciAddress[], { nodeOf }: Drawing): readonly string[] {
  const inside = new Set(members)
  const nodes = new Set(members.flatMap((address) => nodeOf.get(address) ?? []))
  return [...nodes]
    .filter(({ functions }) => functions.every(({ address }) => inside.has(address)))
    .map(nodeId)
}
