import type { Markup } from '../drawing/markup.js'

const SVG = 'http://www.w3.org/2000/svg'

/**
 * Live elements of some markup. Texts become text nodes and attributes are set one by one, so nothing that a host
 * says is ever read as markup, and the page can do without any rule that would let it be.
 */
export function liveElement({ tag, attributes, children }: Markup, inSvg = false): Element {
  const isSvg = inSvg || tag === 'svg'
  const made = isSvg ? document.createElementNS(SVG, tag) : document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  for (const child of children) {
    made.append(typeof child === 'string' ? child : liveElement(child, isSvg))
  }
  return made
}

/**
 * Puts new content into an element; the element that had the focus gets it back, known by its `data-focus` or
 * `data-id`.
 */
export function fill(place: Element, content: readonly Markup[]): void {
  const { activeElement } = document
  const focus = place.contains(activeElement) ? focusKey(activeElement) : null
  const { scrollTop, scrollLeft } = place
  place.replaceChildren(...content.map((each) => liveElement(each)))
  place.scrollTo(scrollLeft, scrollTop)
  if (focus === null) return
  const again = [...place.querySelectorAll('[data-focus],[data-id]')]
  const found = again.find((each) => focusKey(each) === focus)
  if (found instanceof HTMLElement || found instanceof SVGElement) {
    found.focus({ preventScroll: true })
  }
}

function focusKey(element: Element | null): string | null {
  return element?.getAttribute('data-focus') ?? element?.getAttribute('data-id') ?? null
}

/** The element with an ID that the page's own frame has. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no element "${id}".`)
  return found
}

/** Width and height inside the padding of an element, in CSS pixels. */
export function roomOf(id: string): { readonly width: number; readonly height: number } {
  const place = byId(id)
  const { paddingLeft, paddingRight, paddingTop, paddingBottom } = getComputedStyle(place)
  return {
    width: place.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight),
    height: place.clientHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom),
  }
}
