import { placeOutlines, placeRegions } from './enclose.js'
import { type Card, type Heading, type Link, type Picture, STACK } from './picture.js'
import { placePassages } from './place-passages.js'
import type { Scene, SceneNode } from './scene.js'

/** Sizes of the drawing in CSS pixels. Ports and cards for several functions have less to say. */
const WIDTHS = { port: 176, several: 208, function: 312 } as const
const CARD_HEIGHT = 40
/** Least width: room for the title and the legend. */
const LEAST_WIDTH = 900

/** Between a row and the next one below. */
const ROW_GAP = 10
/** Below a row of which something is in a group or a set: room for its label. */
const LABEL_GAP = 26
/** Between a card and its children: room for the lines and the handle, and for what is said of a link. */
const COLUMN_GAP = 48
const LINK_GAP = 88
/** From a card to where the lines to its children part: beside the handle. */
const BEND = 25
const MARGIN = 18
/** From the left edge to the first column: the line of the root bus. */
const SPINE = 30
const HEADING_HEIGHT = 34

/**
 * Places a scene: a row for each leaf, children to the right of their parent. A parent stands in the row of its first child, so
 * everything below a port is one block of rows, and what is a group or a set of it is mostly one rectangle. Functions of
 * one device are rows without a gap, unless a group or a set divides them.
 */
export function placeScene(scene: Scene): Picture {
  const draft: Draft = {
    togetherOf: togetherOf(scene),
    cards: [],
    links: [],
    headings: [],
    bottom: MARGIN,
    labelled: false,
  }
  for (const { title, nodes } of scene.roots) placeRoot(title, nodes, draft)
  const { cards } = draft
  const regions = placeRegions(scene.groups, cards)
  const right = cards.reduce((most, { x, width }) => Math.max(most, x + width), LEAST_WIDTH)
  return {
    width: right + 2 * MARGIN,
    height: draft.bottom + LABEL_GAP,
    headings: draft.headings,
    regions,
    links: draft.links,
    passages: placePassages(scene.passages, cards),
    outlines: placeOutlines(scene.sets, cards, regions),
    cards,
  }
}

interface Draft {
  readonly cards: Card[]
  readonly links: Link[]
  readonly headings: Heading[]
  /** Groups and sets of several that a node is in. */
  readonly togetherOf: ReadonlyMap<string, string>
  /** Lower edge of the last row. */
  bottom: number
  /** Whether a card of the last row is in a group or a set. */
  labelled: boolean
}

function placeRoot(title: string, nodes: readonly SceneNode[], draft: Draft): void {
  const isFirst = draft.headings.length === 0
  const top = draft.bottom + (isFirst ? 0 : LABEL_GAP)
  draft.headings.push({ x: MARGIN, y: top + 14, text: title })
  draft.bottom = top + HEADING_HEIGHT - ROW_GAP
  draft.labelled = false
  for (const node of nodes) placeNode(node, top + 22, draft)
}

/** Where a node came to stand, and whether it is one more row of the device above it. */
interface Placed {
  readonly y: number
  readonly above: boolean
}

/**
 * Parents before children, without recursion: a hostile tree can be as deep as it is large. The line of the root bus
 * begins at `top`.
 */
function placeNode(root: SceneNode, top: number, draft: Draft): void {
  const waiting: { node: SceneNode; level: number; parent: Card | null }[] = [
    { node: root, level: 1, parent: null },
  ]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, level, parent } = next
    const isFirst = parent !== null && parent.node.children[0] === node
    const row = isFirst ? { y: parent.y, above: false } : nextRow(node, level, draft)
    const x = leftOf(parent)
    const card: Card = { node, level, x, y: row.y, width: WIDTHS[node.kind], height: CARD_HEIGHT }
    draft.cards.push(card)
    draft.labelled ||= draft.togetherOf.has(node.id)
    if (!row.above) draft.links.push(parent === null ? rootLink(top, card) : linkOf(parent, card))
    for (const child of [...node.children].reverse()) {
      waiting.push({ node: child, level: level + 1, parent: card })
    }
  }
}

function leftOf(parent: Card | null): number {
  if (parent === null) return MARGIN + SPINE
  const hasLink = parent.node.children.some(({ link }) => link !== null)
  return parent.x + parent.width + (hasLink ? LINK_GAP : COLUMN_GAP)
}

function nextRow(node: SceneNode, level: number, draft: Draft): Placed {
  const before = draft.cards.at(-1)
  const above =
    before !== undefined && before.level === level && isOneDevice(before.node, node, draft)
  const gap = (draft.labelled ? LABEL_GAP : ROW_GAP) + ((before?.node.devices ?? 1) > 1 ? STACK : 0)
  const y = draft.bottom + (above ? 0 : gap)
  draft.bottom = y + CARD_HEIGHT
  draft.labelled = false
  return { y, above }
}

/** Two functions of one device with nothing below them, both in the same groups and sets. */
function isOneDevice(one: SceneNode, other: SceneNode, { togetherOf }: Draft): boolean {
  return (
    one.kind === 'function' &&
    other.kind === 'function' &&
    one.children.length + other.children.length + one.hidden + other.hidden === 0 &&
    deviceOf(one) === deviceOf(other) &&
    togetherOf.get(one.id) === togetherOf.get(other.id)
  )
}

/** The address of the first function without its number. */
function deviceOf({ id, functions: [first = id] }: SceneNode): string {
  return first.replace(/\.[0-7]$/, '')
}

/** What is drawn around each node: groups of several, and sets that have a label or several members. */
function togetherOf({ groups, sets }: Scene): ReadonlyMap<string, string> {
  const drawn = [
    ...groups.filter(({ members }) => members.length > 1),
    ...sets.filter(({ label, members }) => label !== '' || members.length > 1),
  ]
  const found = new Map<string, string>()
  drawn.forEach(({ members }, place) => {
    for (const id of members) found.set(id, `${found.get(id) ?? ''} ${place}`)
  })
  return found
}

function rootLink(top: number, { x, y, height }: Card): Link {
  const fromX = MARGIN + 4
  return { fromX, fromY: top, bendX: fromX, toX: x, toY: y + height / 2, label: null }
}

function linkOf(parent: Card, child: Card): Link {
  const fromX = parent.x + parent.width
  return {
    fromX,
    fromY: parent.y + parent.height / 2,
    bendX: fromX + BEND,
    toX: child.x,
    toY: child.y + child.height / 2,
    label: child.node.link,
  }
}
