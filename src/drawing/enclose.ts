import { type Box, type Card, type Outline, type Region, STACK } from './picture.js'
import type { SceneGroup, SceneSet } from './scene.js'

/** Colours and patterns of groups; more groups than this begin again. */
export const TINTS = 8

/** Room around the cards of a region; below it, the label stands. */
const REGION_PAD = { side: 9, top: 6, bottom: 16 }

/** Groups of several functions as regions: as few rectangles as hold the members and nobody else. */
export function placeRegions(
  groups: readonly SceneGroup[],
  cards: readonly Card[],
): readonly Region[] {
  const grid = gridOf(cards)
  const shared = groups.filter(({ members }) => members.length > 1)
  return shared.flatMap(({ label, members }, place) => {
    const blocks = blocksOf(members, grid)
    return blocks.map((block, index): Region => {
      const part = blocks.length > 1 ? `, part ${index + 1} of ${blocks.length}` : ''
      return { ...padded(block, REGION_PAD), label: label + part, tint: place % TINTS }
    })
  })
}

/** Sets as outlines around their members. One that holds regions runs outside of them, any other one inside. */
export function placeOutlines(
  sets: readonly SceneSet[],
  cards: readonly Card[],
  regions: readonly Region[],
): readonly Outline[] {
  const grid = gridOf(cards)
  return sets.flatMap(({ kind, label, members }) => {
    const blocks = blocksOf(members, grid)
    const labelled = blocks.find((block) => hasRoomBelow(block, grid))
    return blocks.map((block): Outline => {
      const wide = regions.some((region) => isAround(padded(block, WIDE_PAD), region))
      const place = padded(block, wide ? WIDE_PAD : OUTLINE_PAD)
      return { ...place, kind, label: block === labelled ? label : '', wide }
    })
  })
}

/** Whether a label can stand below: of a set in parts one has it, and not where another row follows at once. */
function hasRoomBelow({ x, y, width, height }: Box, { rows }: Grid): boolean {
  const room = { x, y: y + height, width, height: LABEL_ROOM }
  for (let place = firstFrom(room.y, rows); place < rows.length; place += 1) {
    const card = rows[place]
    if (card === undefined || card.y >= room.y + room.height) return true
    if (isOverlap(room, card)) return false
  }
  return true
}

const LABEL_ROOM = 12

const OUTLINE_PAD = { side: 4, top: 3, bottom: 3 }
const WIDE_PAD = { side: 12, top: 8, bottom: 18 }

function isAround(outer: Box, inner: Box): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height &&
    outer.width - inner.width > 2 * WIDE_PAD.side
  )
}

/** Cards by where they stand. */
interface Grid {
  readonly cards: ReadonlyMap<string, Card>
  /** All cards, from the top: in the order of the tree no card stands above the one before it. */
  readonly rows: readonly Card[]
  readonly placeInColumn: ReadonlyMap<string, number>
}

function gridOf(cards: readonly Card[]): Grid {
  const counts = new Map<number, number>()
  const placeInColumn = new Map<string, number>()
  for (const { level, node } of cards) {
    const place = counts.get(level) ?? 0
    placeInColumn.set(node.id, place)
    counts.set(level, place + 1)
  }
  const byId = new Map(cards.map((card) => [card.node.id, card]))
  return { cards: byId, rows: cards, placeInColumn }
}

/** A rectangle of cards that all belong to one set. */
interface Block extends Box {
  readonly cards: readonly Card[]
}

/** Blocks beyond this many are not tried with each other: a group can have thousands of members. */
const MERGE_LIMIT = 12

function blocksOf(members: readonly string[], grid: Grid): readonly Block[] {
  const found = members.flatMap((id) => grid.cards.get(id) ?? [])
  const inside = new Set(members)
  let blocks: readonly Block[] = columnRuns(found, grid)
  if (blocks.length > MERGE_LIMIT) return blocks
  for (let merged = mergeOnce(blocks, inside, grid); merged !== null; ) {
    blocks = merged
    merged = mergeOnce(blocks, inside, grid)
  }
  return blocks
}

/** Members that follow each other on one level, without another card between them. */
function columnRuns(members: readonly Card[], grid: Grid): Block[] {
  const sorted = [...members].sort((a, b) => a.level - b.level || a.y - b.y)
  const runs: Card[][] = []
  for (const card of sorted) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    const follows =
      last !== undefined &&
      last.level === card.level &&
      placeOf(card, grid) === placeOf(last, grid) + 1
    if (run !== undefined && follows) run.push(card)
    else runs.push([card])
  }
  return runs.map(blockOf).flatMap((block) => pureBlocks(block, grid))
}

/** Cards of one level do not stand in one column: a run whose box would reach over another card is not drawn as one. */
function pureBlocks(block: Block, grid: Grid): readonly Block[] {
  const own = new Set(block.cards.map(({ node }) => node.id))
  if (!holdsStranger(block, own, grid)) return [block]
  return block.cards.map((card) => blockOf([card]))
}

function placeOf({ node }: Card, { placeInColumn }: Grid): number {
  return placeInColumn.get(node.id) ?? -1
}

/** Joins two blocks if nobody else gets in between; null: there are no such two. Blocks never overlap. */
function mergeOnce(
  blocks: readonly Block[],
  inside: ReadonlySet<string>,
  grid: Grid,
): readonly Block[] | null {
  for (const [place, one] of blocks.entries()) {
    for (const other of blocks.slice(place + 1)) {
      const joined = blockOf([...one.cards, ...other.cards])
      const rest = blocks.filter((each) => each !== one && each !== other)
      const met = rest.filter((each) => isOverlap(joined, each))
      if (met.length === 0 && !holdsStranger(joined, inside, grid)) return [joined, ...rest]
    }
  }
  return null
}

function isOverlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  )
}

/** Whether another card gets into what is drawn around a block: to its sides that is more than the block. */
function holdsStranger(block: Block, inside: ReadonlySet<string>, { rows }: Grid): boolean {
  const drawn = padded(block, { side: WIDE_PAD.side, top: 0, bottom: 0 })
  for (let place = firstFrom(block.y, rows); place < rows.length; place += 1) {
    const card = rows[place]
    if (card === undefined || card.y >= block.y + block.height) return false
    if (!inside.has(card.node.id) && isOverlap(drawn, card)) return true
  }
  return false
}

/** Place of the first card at or below a height. */
function firstFrom(y: number, rows: readonly Card[]): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle]?.y ?? 0) < y) low = middle + 1
    else high = middle
  }
  return low
}

function blockOf(cards: readonly Card[]): Block {
  const x = Math.min(...cards.map((card) => card.x))
  const y = Math.min(...cards.map((card) => card.y))
  const right = Math.max(...cards.map((card) => card.x + card.width + behind(card)))
  const bottom = Math.max(...cards.map((card) => card.y + card.height + behind(card)))
  return { cards, x, y, width: right - x, height: bottom - y }
}

function behind({ node }: Card): number {
  return node.devices > 1 ? STACK : 0
}

interface Pad {
  readonly side: number
  readonly top: number
  readonly bottom: number
}

function padded({ x, y, width, height }: Box, { side, top, bottom }: Pad): Box {
  return {
    x: x - side,
    y: y - top,
    width: width + 2 * side,
    height: height + top + bottom,
  }
}
