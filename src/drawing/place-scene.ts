import { placeOutlines, placeRegions } from './enclose.js'
import type { Card, Heading, Link, Picture } from './picture.js'
import type { Scene, SceneNode } from './scene.js'

/** Sizes of the drawing in CSS pixels. Ports and cards for several functions have less to say. */
const WIDTHS = { port: 176, several: 194, function: 250 } as const
const CARD_HEIGHT = 54
/** Least width: room for the title and the legend. */
const LEAST_WIDTH = 900

/** Between a card and the next one below: room for a group's label. */
const ROW_GAP = 26
/** Between a card and its children: room for the lines. */
const COLUMN_GAP = 48
const MARGIN = 18
/** From the left edge to the first column: the line of the root bus. */
const SPINE = 22
const HEADING_HEIGHT = 34

/**
 * Places a scene: a column for each level, a row for each leaf. A parent stands in the row of its first child, so
 * everything below a port is one block of rows, and what is a group or a set of it is mostly one rectangle.
 */
export function placeScene(scene: Scene): Picture {
  const columns = columnsOf(scene)
  const draft: Draft = { columns, cards: [], links: [], headings: [], y: MARGIN }
  for (const { title, nodes } of scene.roots) placeRoot(title, nodes, draft)
  const { cards } = draft
  const regions = placeRegions(scene.groups, cards)
  const right = cards.reduce((most, { x, width }) => Math.max(most, x + width), LEAST_WIDTH)
  return {
    width: right + 2 * MARGIN,
    height: draft.y,
    headings: draft.headings,
    regions,
    links: draft.links,
    outlines: placeOutlines(scene.sets, cards, regions),
    cards,
  }
}

/** Left edge of each level, from level 1: a level is as wide as its widest card. */
function columnsOf(scene: Scene): readonly number[] {
  const widths: number[] = []
  let nodes = scene.roots.flatMap((root) => root.nodes)
  while (nodes.length > 0) {
    widths.push(nodes.reduce((most, { kind }) => Math.max(most, WIDTHS[kind]), 0))
    nodes = nodes.flatMap(({ children }) => children)
  }
  let x = MARGIN + SPINE
  return widths.map((width) => {
    const left = x
    x += width + COLUMN_GAP
    return left
  })
}

interface Draft {
  readonly columns: readonly number[]
  readonly cards: Card[]
  readonly links: Link[]
  readonly headings: Heading[]
  /** Top of the next free row. */
  y: number
}

function placeRoot(title: string, nodes: readonly SceneNode[], draft: Draft): void {
  draft.headings.push({ x: MARGIN, y: draft.y + 14, text: title })
  draft.y += HEADING_HEIGHT
  const top = draft.y - 12
  for (const node of nodes) {
    const y = draft.y + CARD_HEIGHT / 2
    const toX = MARGIN + SPINE
    draft.links.push({ fromX: MARGIN + 4, fromY: top, bendX: MARGIN + 4, toX, toY: y })
    placeNode(node, draft)
  }
}

/** Parents before children, without recursion: a hostile tree can be as deep as it is large. */
function placeNode(root: SceneNode, draft: Draft): void {
  const waiting: { node: SceneNode; level: number; parent: Card | null }[] = [
    { node: root, level: 1, parent: null },
  ]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, level, parent } = next
    const isFirst = parent !== null && parent.node.children[0] === node
    const y = isFirst ? parent.y : draft.y
    const x = draft.columns[level - 1] ?? MARGIN
    const card: Card = { node, level, x, y, width: WIDTHS[node.kind], height: CARD_HEIGHT }
    draft.cards.push(card)
    if (parent !== null) draft.links.push(linkOf(parent, card))
    if (!isFirst) draft.y += CARD_HEIGHT + ROW_GAP
    for (const child of [...node.children].reverse()) {
      waiting.push({ node: child, level: level + 1, parent: card })
    }
  }
}

function linkOf(parent: Card, child: Card): Link {
  const fromX = parent.x + parent.width
  return {
    fromX,
    fromY: parent.y + parent.height / 2,
    bendX: child.x - COLUMN_GAP / 2,
    toX: child.x,
    toY: child.y + child.height / 2,
  }
}
