import { drawCard } from '../drawing/draw-card.js'
import type { Markup } from '../drawing/markup.js'
import type { Card } from '../drawing/picture.js'

/** Draws cards; one that has not changed since it was drawn the last time is the very same markup. */
export function cardRedrawer(): (card: Card) => Markup {
  const drawn = new Map<string, { readonly card: Card; readonly markup: Markup }>()
  return (card) => {
    const { id } = card.node
    const before = drawn.get(id)
    if (before !== undefined && looksSame(before.card, card)) return before.markup
    const markup = drawCard(card, 'live')
    drawn.set(id, { card, markup })
    return markup
  }
}

/** Children have cards of their own: whether there are any is what shows. */
function looksSame(one: Card, other: Card): boolean {
  const { node: a, ...place } = one
  const { node: b, ...otherPlace } = other
  const { children, functions: _, ...facts } = a
  const { children: others, functions: __, ...otherFacts } = b
  return (
    children.length > 0 === others.length > 0 &&
    isFlatSame(place, otherPlace) &&
    isFlatSame(facts, otherFacts)
  )
}

/** Values side by side; those that are objects have only such values. */
function isFlatSame(one: object, other: object): boolean {
  const values: Readonly<Record<string, unknown>> = { ...other }
  return Object.entries(one).every(([name, value]) => {
    const against = values[name]
    if (value === against) return true
    return isObject(value) && isObject(against) && isFlatSame(value, against)
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
