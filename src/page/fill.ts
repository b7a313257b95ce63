import type { Markup } from '../drawing/markup.js'

const SVG = 'http://www.w3.org/2000/svg'

/** What stands in an element that `fill` was asked to fill. */
const filled = new WeakMap<Element, readonly Child[]>()

type Child = Markup | string

/**
 * Puts new content into an element, of which it touches only what differs from the content before. The element that had
 * the focus keeps it; where it was made anew it is known by its `data-focus` or `data-id`.
 */
export function fill(place: Element, content: readonly Markup[]): void {
  const { activeElement } = document
  const focus = place.contains(activeElement) ? focusKey(activeElement) : null
  change(place, filled.get(place) ?? [], content)
  filled.set(place, content)
  if (focus === null || focusKey(document.activeElement) === focus) return
  const again = [...place.querySelectorAll('[data-focus],[data-id]')]
  const found = again.find((each) => focusKey(each) === focus)
  if (found instanceof HTMLElement || found instanceof SVGElement) {
    found.focus({ preventScroll: true })
  }
}

function focusKey(element: Element | null): string | null {
  return element?.getAttribute('data-focus') ?? element?.getAttribute('data-id') ?? null
}

/** Makes the nodes in an element, which show `before`, show `now`. */
function change(place: Element, before: readonly Child[], now: readonly Child[]): void {
  const nodes = [...place.childNodes]
  const old = new Map(before.map((child, at) => [keyOf(child, at), { child, node: nodes[at] }]))
  const kept = now.map((child, at) => {
    const key = keyOf(child, at)
    const found = old.get(key)
    if (found?.node === undefined || !isLike(found.child, child)) return null
    old.delete(key)
    return { node: found.node, child: found.child }
  })
  for (const { node } of old.values()) node?.remove()
  let next = place.firstChild
  now.forEach((child, at) => {
    const found = kept[at] ?? null
    if (found === null) {
      place.insertBefore(madeNode(child, place.namespaceURI === SVG), next)
      return
    }
    if (found.node === next) next = next.nextSibling
    else place.insertBefore(found.node, next)
    changeNode(found.node, found.child, child)
  })
}

/** Items that have a name are followed wherever they go, others stay where they are. */
function keyOf(child: Child, at: number): string {
  if (typeof child === 'string') return `${at}`
  const { 'data-id': id, 'data-focus': focus } = child.attributes
  return id ?? focus ?? `${at}`
}

function isLike(before: Child, now: Child): boolean {
  if (typeof before === 'string' || typeof now === 'string') return typeof before === typeof now
  return before.tag === now.tag
}

function changeNode(node: ChildNode, before: Child, now: Child): void {
  if (before === now) return
  if (typeof before === 'string' || typeof now === 'string') {
    if (before !== now) node.nodeValue = String(now)
    return
  }
  if (!(node instanceof Element)) return
  for (const name of Object.keys(before.attributes)) {
    if (!(name in now.attributes)) node.removeAttribute(name)
  }
  for (const [name, value] of Object.entries(now.attributes)) {
    if (before.attributes[name] !== value) node.setAttribute(name, value)
  }
  change(node, before.children, now.children)
}

function madeNode(child: Child, inSvg: boolean): Node {
  return typeof child === 'string' ? document.createTextNode(child) : liveElement(child, inSvg)
}

/**
 * Live elements of some markup. Texts become text nodes and attributes are set one by one, so nothing that a host
 * says is ever read as markup, and the page can do without any rule that would let it be.
 */
export function liveElement({ tag, attributes, children }: Markup, inSvg = false): Element {
  const isSvg = inSvg || tag === 'svg'
  const made = isSvg ? document.createElementNS(SVG, tag) : document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  for (const child of children) made.append(madeNode(child, isSvg))
  return made
}
