/** Cards that look different from what was drawn. */
export interface CardMarks {
  /** Card whose detail is shown. */
  readonly selected: string | null
  /** Card that the keyboard is at. */
  readonly current: string | null
  /** Cards that a hot reset of the selected one affects. */
  readonly affected: ReadonlySet<string>
  /** Cards that were asked to be pointed out. */
  readonly lit: ReadonlySet<string>
}

/** Marks the cards of a drawing in place: with a thousand of them, drawing them anew for every key would be felt. */
export function markCards(drawing: Element, { selected, current, affected, lit }: CardMarks): void {
  for (const card of drawing.querySelectorAll('.card')) {
    const id = card.getAttribute('data-id') ?? ''
    card.classList.toggle('selected', id === selected)
    card.classList.toggle('affected', affected.has(id))
    card.classList.toggle('lit', lit.has(id))
    set(card, 'aria-selected', String(id === selected))
    set(card, 'tabindex', id === current ? '0' : '-1')
  }
}

function set(card: Element, name: string, value: string): void {
  if (card.getAttribute(name) !== value) card.setAttribute(name, value)
}
