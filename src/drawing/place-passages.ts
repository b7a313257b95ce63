import type { Card, Way, WayEnd } from './picture.js'
import type { ScenePassage } from './scene.js'

/** Left of a card: outside of the regions and outlines around it. */
const AWAY = 15
/** Below the middle of a card, where the line from its parent comes in. */
const BELOW = 9

/** Ways sideways as lines beside the cards that they join. */
export function placePassages(
  passages: readonly ScenePassage[],
  cards: readonly Card[],
): readonly Way[] {
  const byId = new Map(cards.map((card) => [card.node.id, card]))
  return passages.flatMap(({ from, to }): readonly Way[] => {
    const joined = [...new Set([...from, ...to])]
      .flatMap((id) => byId.get(id) ?? [])
      .sort((a, b) => a.y - b.y)
    const [first, ...others] = joined
    const ends =
      first !== undefined && others.length === 0
        ? loopAt(first)
        : joined.map((card) => endAt(card, to.includes(card.node.id) && isOther(from, card)))
    return ends.length < 2 ? [] : [{ x: Math.min(...ends.map(({ x }) => x)) - AWAY, ends }]
  })
}

/** Whether something else leads to it: where a way begins, it does not arrive. */
function isOther(from: readonly string[], { node }: Card): boolean {
  return from.length > 1 || from[0] !== node.id
}

function endAt({ x, y, height }: Card, reached: boolean): WayEnd {
  return { x, y: y + height / 2 + BELOW, reached }
}

/** Devices of a stack that reach each other: the way leaves their card and comes back to it. */
function loopAt({ x, y, height, node }: Card): readonly WayEnd[] {
  const middle = y + height / 2
  if (node.devices === 1) return []
  return [middle - BELOW, middle + BELOW].map((end) => ({ x, y: end, reached: true }))
}
