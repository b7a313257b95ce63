import { describeFunction, isBridge, portWords } from '../../../document/function-text.js'
import { isStated } from '../../../document/stated.js'
import { escapeTerminal } from '../../../text/escape.js'
import { displayWidth, finish, paragraph, wrap } from '../../../text/layout.js'
import type { Printable } from '../../../text/printable.js'
import { type Glyphs, glyphsOf, paint, type Style, type Tone } from '../../../text/style.js'
import type { InspectReport, RelatedFunction } from '../../document.js'
import { groupNumbersOf, indexReport, type ReportIndex } from '../../report-index.js'
import { acsText } from '../acs-text.js'
import { isOnOwnBus, type TreeFacts, treeFacts } from './tree-facts.js'
import { type TreeNode, type TreeTopology, treeTopology, vmdAbove } from './tree-topology.js'

/** `inspect --tree`: root buses, ports, switches and functions, with groups, dev_sets, slots and ACS beside them. */
export function renderTree(
  report: InspectReport,
  style: Style & { readonly all: boolean },
): Printable {
  const index = indexReport(report)
  const view: TreeView = {
    index,
    style,
    topology: treeTopology(index, style),
    facts: treeFacts(index),
  }
  const lines = [...view.topology.roots].flatMap(([bus, nodes]) => [
    ...treeLine({ text: rootText(bus, nodes), tone: 'strong', first: '', rest: '' }, style),
    ...branches(nodes, '', view),
  ])
  return finish([...lines, '', ...legend(style)], style)
}

interface TreeView {
  readonly index: ReportIndex
  readonly style: Style
  readonly topology: TreeTopology
  readonly facts: TreeFacts
}

function rootText(bus: string, nodes: readonly TreeNode[]): string {
  const vmd = vmdAbove(nodes)
  return vmd === null ? `[${bus}]` : `[${bus}] behind VMD ${vmd}`
}

function branches(nodes: readonly TreeNode[], prefix: string, view: TreeView): string[] {
  const glyphs = glyphsOf(view.style)
  return nodes.flatMap((node, place) => {
    const isLast = place === nodes.length - 1
    const below = prefix + continuation(isLast, glyphs)
    const children = view.topology.childrenOf(node)
    const first = prefix + (isLast ? glyphs.lastChild : glyphs.child)
    const rest = below + (children.length > 0 ? glyphs.through : '   ')
    return [
      ...treeLine({ ...nodeText(node, view), first, rest }, view.style),
      ...branches(children, below, view),
    ]
  })
}

function continuation(isLast: boolean, { through }: Glyphs): string {
  return isLast ? ' '.repeat(displayWidth(through)) : through
}

interface TreeLine {
  readonly text: string
  readonly tone?: Tone
  readonly first: string
  readonly rest: string
}

/** Deep trees leave little room: text is then given this much, and stands out to the right. */
const LEAST_ROOM = 24

function treeLine({ text, tone, first, rest }: TreeLine, style: Style): string[] {
  const escaped = escapeTerminal(text)
  const room = style.width === null ? Number.POSITIVE_INFINITY : style.width - displayWidth(rest)
  return wrap(escaped, Math.max(LEAST_ROOM, room)).map(
    (line, place) => (place === 0 ? first : rest) + paint(line, tone, style),
  )
}

function nodeText(node: TreeNode, view: TreeView): { text: string; tone?: Tone } {
  const [first] = node.functions
  const last = node.functions.at(-1) ?? first
  const { short } = view.index
  if (node.kind === 'function') return functionText(first, view)
  const range = `${short(first.address)} to ${short(last.address)}`
  return {
    text:
      node.kind === 'virtual-functions'
        ? `${node.functions.length} VFs ${range}: ${rangeFacts(node.functions)}`
        : `${node.functions.length} other functions ${range}`,
    tone: 'faint',
  }
}

function functionText(each: RelatedFunction, view: TreeView): { text: string; tone?: Tone } {
  const { index, facts } = view
  const { driver, iommuGroup, address } = each
  const bridge = isBridge(each)
  const parts = [
    bridge ? portWords(each) : describeFunction(each),
    ...(isStated(driver) ? (driver === null || bridge ? [] : [driver]) : ['driver ?']),
    ...(isStated(iommuGroup) ? (iommuGroup === null ? [] : [`group ${iommuGroup}`]) : ['group ?']),
    ...facts.setOf(address),
    ...(bridge || facts.isAcsAsked(each) ? [acsText(each)] : []),
    ...facts.marksOf(each, glyphsOf(view.style)),
  ]
  const text = `${index.short(address)} ${parts.join(', ')}`
  return facts.isAsked(address) ? { text: `${text} (asked about)`, tone: 'strong' } : { text }
}

function rangeFacts(functions: TreeNode['functions']): string {
  const [first] = functions
  const groups = groupNumbersOf(functions)
  const { driver } = first
  return [
    isStated(driver) ? (driver ?? 'no driver') : 'driver ?',
    ...(groups.length > 0 ? [`${groups.length} groups`] : []),
    ...(isOnOwnBus(first) ? ['on a bus of their own'] : []),
  ].join(', ')
}

function legend(style: Style): string[] {
  const { yes, no, unsure } = glyphsOf(style)
  return [
    `ACS bits: SV source validation, RR request redirect, CR completion redirect, UF upstream forwarding; IOMMU groups ask for these four. "missing": the port has the bit and it is off. "ACS empty": the vendor promises that nothing passes inside.`,
    `dev_set: functions that VFIO resets together, now. slot: resets go through the hotplug slot. hot reset ${yes} permitted, ${no} refused, ${unsure} cannot tell, for a user who takes that function alone.`,
  ].flatMap((text) => paragraph(text, style, { tone: 'faint' }))
}
