import type { Card } from '../drawing/picture.js'
import type { Vm } from '../drawing/scene.js'
import { parsePciAddress } from '../host/pci-address.js'
import { giving, type PageState, toggled } from './page-state.js'
import type { Shown } from './shown.js'

/** The state after a key in the drawing, as the tree pattern of WAI-ARIA has it; null: the key means nothing here. */
export function keyed(key: string, shown: Shown): PageState | null {
  const { state, picture } = shown
  const { cards } = picture
  const place = Math.max(
    0,
    cards.findIndex(({ node }) => node.id === state.current),
  )
  const card = cards[place]
  if (card === undefined) return null
  const to = (target: Card | undefined): PageState | null =>
    target === undefined ? null : { ...state, current: target.node.id }
  switch (key) {
    case 'ArrowDown':
      return to(cards[place + 1])
    case 'ArrowUp':
      return to(cards[place - 1])
    case 'Home':
      return to(cards[0])
    case 'End':
      return to(cards.at(-1))
    case 'ArrowRight':
      return card.node.hidden > 0 ? folding(card, state) : to(childOf(place, cards))
    case 'ArrowLeft':
      return card.node.children.length > 0 ? folding(card, state) : to(parentOf(place, cards))
    case '+':
      return card.node.hidden > 0 ? folding(card, state) : null
    case '-':
      return card.node.children.length > 0 ? folding(card, state) : null
    case 'Enter':
      return { ...state, current: card.node.id, selected: card.node.id }
    case ' ':
    case 'a':
      return ticked(card, 'a', state)
    case 'b':
      return ticked(card, 'b', state)
    default:
      return null
  }
}

function folding({ node }: Card, state: PageState): PageState {
  return { ...state, folded: toggled(state.folded, node.id), current: node.id }
}

function ticked({ node }: Card, vm: Vm, state: PageState): PageState | null {
  const address = parsePciAddress(node.id)
  if (node.owner === null || address === undefined) return null
  return { ...state, given: giving(state.given, address, vm), current: node.id }
}

/**
 * Cards stand in the order of the tree: the first child follows its parent, the parent is the last one of a lower
 * level.
 */
function childOf(place: number, cards: readonly Card[]): Card | undefined {
  const [card, next] = [cards[place], cards[place + 1]]
  return card !== undefined && next !== undefined && next.level > card.level ? next : undefined
}

function parentOf(place: number, cards: readonly Card[]): Card | undefined {
  const level = cards[place]?.level ?? 0
  return cards.slice(0, place).findLast((each) => each.level < level)
}
