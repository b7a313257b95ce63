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
  const start = sameFrom(before, now, (at) => at)
  const most = Math.min(before.length, now.length) - start
  const end = Math.min(
    most,
    sameFrom(before, now, (at, { length }) => length - 1 - at),
  )
  const inside = <T>(all: readonly T[]) => all.slice(start, all.length - end)
  changeAll(place, { start, before: inside(before), now: inside(now) })
}

/** Children from place `start` on, as they are and as they shall be. */
interface Part {
  readonly start: number
  readonly before: readonly Child[]
  readonly now: readonly Child[]
}

function changeAll(place: Element, { start, before, now }: Part): void {
  if (before.length + now.length === 0) return
  const nodes = [...place.childNodes].slice(start, start + before.length)
  const isMoved = before.length !== now.length || now.length > LONG
  const keys = keysOf(now, isMoved)
  const old = new Map(
    keysOf(before, isMoved).map((key, at) => [key, { child: before[at], node: nodes[at] }]),
  )
  const kept = now.map((child, at) => {
    const found = old.get(keys[at] ?? '')
    if (found?.node === undefined || !isLike(found.child, child)) return null
    old.delete(keys[at] ?? '')
    return found
  })
  for (const { node } of old.values()) node?.remove()
  let next = place.childNodes[start] ?? null
  now.forEach((child, at) => {
    const found = kept[at]
    if (found?.node === undefined) {
      place.insertBefore(madeNode(child, place.namespaceURI === SVG), next)
      return
    }
    if (found.node === next) next = next?.nextSibling ?? null
    else place.insertBefore(found.node, next)
    changeNode(found.node, found.child, child)
  })
}

/** How many children say the same, from one end on. */
function sameFrom(
  before: readonly Child[],
  now: readonly Child[],
  placeIn: (at: number, all: readonly Child[]) => number,
): number {
  const most = Math.min(before.length, now.length)
  let at = 0
  while (at < most && saysSame(before[placeIn(at, before)], now[placeIn(at, now)])) at += 1
  return at
}

function saysSame(one: Child | undefined, other: Child | undefined): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object') return false
  const names = Object.keys(one.attributes)
  return (
    one.tag === other.tag &&
    one.children.length === other.children.length &&
    names.length === Object.keys(other.attributes).length &&
    names.every((name) => one.attributes[name] === other.attributes[name]) &&
    one.children.every((child, at) => saysSame(child, other.children[at]))
  )
}

/** In a longer list something can have moved although there are as many as before. */
const LONG = 24

/**
 * Items that have a name are followed wherever they go, others stay where they are; where some of those can have moved,
 * what says the same is the same.
 */
function keysOf(children: readonly Child[], byContent: boolean): readonly string[] {
  const seen = new Map<string, number>()
  return children.map((child, at) => {
    const key = nameOf(child) ?? (byContent ? JSON.stringify(child) : `${at}`)
    const times = (seen.get(key) ?? 0) + 1
    seen.set(key, times)
    return times === 1 ? key : `${key} ${times}`
  })
}

function nameOf(child: Child): string | undefined {
  if (typeof child === 'string') return undefined
  const { 'data-id': id, 'data-focus': focus } = child.attributes
  return id ?? focus
}

function isLike(before: Child | undefined, now: Child): boolean {
  if (before === undefined) return false
  if (typeof before === 'string' || typeof now === 'string') return typeof before === typeof now
  return before.tag === now.tag
}

function changeNode(node: ChildNode, before: Child | undefined, now: Child): void {
  if (before === undefined || before === now) return
  if (typeof before === 'string' || typeof now === 'string') {
    if (before !== now) node.nodeValue = String(now)
    return
  }
  if (!(node instanceof Element)) return
  changeAttributes(node, before.attributes, now.attributes)
  change(node, before.children, now.children)
}

function changeAttributes(
  node: Element,
  before: Markup['attributes'],
  now: Markup['attributes'],
): void {
  for (const name of Object.keys(before)) if (!(name in now)) node.removeAttribute(name)
  for (const [name, value] of Object.entries(now)) {
    if (before[name] !== value) node.setAttribute(name, value)
  }
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
