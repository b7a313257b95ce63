import type { Vm } from '../drawing/scene.js'
import { type PciAddress, parsePciAddress } from '../host/pci-address.js'
import type { ReportIndex } from '../inspect/report-index.js'
import { POLICIES } from '../policy/policies/index.js'
import { gatheredWithin, pathTo, USUAL_ROWS, usualFolds } from '../topology/topology-folds.js'
import { devicesOfAnswer } from './answer-panel.js'
import { byId, roomOf } from './dom.js'
import { findNode } from './find-node.js'
import { keyed } from './keys.js'
import { boundedZoom, giving, type PageState, toggled, wholeZoom, zoomed } from './page-state.js'
import { followPanAndZoom } from './pan-zoom.js'
import type { Shown } from './shown.js'

/** What to do when something changes. */
export interface Listener {
  readonly start: Shown
  /** Brings a state onto the screen. */
  readonly show: (state: PageState, index: ReportIndex, before: Shown) => Shown
  /** Asks the model again, which only another policy and other ownership make necessary. */
  readonly ask: (state: PageState) => ReportIndex
}

/** Follows clicks and keys. */
export function listen({ start, show, ask }: Listener): void {
  let now = start
  const page: Page = {
    shown: () => now,
    go(state) {
      const { policy, given } = now.state
      const index = state.policy === policy && state.given === given ? now.index : ask(state)
      now = show(state, index, now)
    },
  }
  followClicks(page)
  followChoices(page)
  followKeys(page)
  followSearch(page)
  followButtons(page)
  followSizes(page)
}

/** What is on the screen, and how to something else. */
interface Page {
  readonly shown: () => Shown
  readonly go: (state: PageState) => void
}

/** What a click does, by the attribute of the nearest element that has one; an inner element comes before what holds it. */
function followClicks(page: Page): void {
  const go = (next: (state: PageState) => PageState) => page.go(next(page.shown().state))
  const actions: Readonly<Record<string, (value: string) => void>> = {
    'data-fold': (id) =>
      go((state) => ({ ...state, folded: toggled(state.folded, id), current: id })),
    'data-tick': (id) => own(page, id),
    'data-id': (id) => go((state) => ({ ...state, selected: id, current: id })),
    'data-show': (id) => showFunction(page, id),
    'data-unit': (id) => showUnit(page, id),
    'data-give': (value) => giveUnit(page, value),
    'data-close': () => go((state) => ({ ...state, selected: null })),
    'data-clear': () => go((state) => ({ ...state, given: new Map() })),
    'data-policy': (id) => setPolicy(page, id),
  }
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element)) return
    for (const [attribute, act] of Object.entries(actions)) {
      const value = target.closest(`[${attribute}]`)?.getAttribute(attribute)
      if (typeof value === 'string') return act(value)
    }
  })
}

function followChoices(page: Page): void {
  document.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement) setPolicy(page, target.value)
    else if (target instanceof HTMLInputElement) own(page, target.getAttribute('data-own') ?? '')
  })
}

function followKeys(page: Page): void {
  byId('drawing').addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const next = keyed(event.key, page.shown())
    if (next === null) return
    event.preventDefault()
    page.go(next)
    focusCurrent('nearest')
  })
}

function followSearch(page: Page): void {
  byId('find').addEventListener('keydown', ({ key, target }) => {
    if (key !== 'Enter' || !(target instanceof HTMLInputElement)) return
    const { index, state } = page.shown()
    const found = findNode(target.value, { index, policy: state.policy }, state.selected)
    target.setAttribute('aria-invalid', found === null ? 'true' : 'false')
    byId('found').textContent = found === null ? 'nothing matches' : found.place
    if (found !== null) showFunction(page, found.address)
  })
}

function followButtons(page: Page): void {
  const press = (id: string, next: (shown: Shown) => PageState): void =>
    byId(id).addEventListener('click', () => page.go(next(page.shown())))
  press('unfold', ({ state }) => ({ ...state, folded: new Set() }))
  press('fold', ({ state, forest }) => ({ ...state, folded: usualFolds(forest, USUAL_ROWS) }))
  press('larger', ({ state }) => ({ ...state, zoom: zoomed(state.zoom, 1) }))
  press('smaller', ({ state }) => ({ ...state, zoom: zoomed(state.zoom, -1) }))
  press('fit', ({ state, picture }) => ({ ...state, zoom: wholeZoom(picture, roomOf('drawing')) }))
}

function followSizes({ shown, go }: Page): void {
  followPanAndZoom({
    zoom: () => shown().state.zoom,
    resize: (zoom) => go({ ...shown().state, zoom: boundedZoom(zoom) }),
  })
}

/** Gives a function to a VM, or takes it back: `a 0000:01:00.0`. */
function own({ shown, go }: Page, value: string): void {
  const { state } = shown()
  const { vm, address } = readGift(value)
  if (address !== undefined) go({ ...state, given: giving(state.given, address, vm) })
}

function readGift(value: string): { readonly vm: Vm; readonly address: PciAddress | undefined } {
  return { vm: value.startsWith('b') ? 'b' : 'a', address: parsePciAddress(value.slice(2)) }
}

/** Gives a VM all functions of the units that an answer is about. */
function giveUnit({ shown, go }: Page, value: string): void {
  const { state, index } = shown()
  const { vm, address } = readGift(value)
  const gifts = devicesOfAnswer(address ?? '', index).map((each) => [each, vm] as const)
  go({ ...state, given: new Map([...state.given, ...gifts]) })
}

/** Points out all functions of an answer, wherever they are folded away; a stack or card of them all stays closed. */
function showUnit({ shown, go }: Page, first: string): void {
  const { state, index, forest } = shown()
  const devices = devicesOfAnswer(first, index)
  if (devices.length === 0) return
  const isLit = state.lit[0] === first
  const folded = new Set(state.folded)
  const paths = devices.map((each) => pathTo(each, forest))
  const closed = gatheredWithin(devices, forest)
  for (const above of paths.flat()) if (!closed.has(above)) folded.delete(above)
  go({
    ...state,
    folded: folded.size === state.folded.size ? state.folded : folded,
    lit: isLit ? [] : devices,
    current: first,
  })
  if (!isLit) byId('drawing').querySelector('.lit')?.scrollIntoView({ block: 'center' })
}

function setPolicy({ shown, go }: Page, id: string): void {
  const policy = POLICIES.find((each) => each.id === id)
  if (policy === undefined) return
  const select = byId('policy')
  if (select instanceof HTMLSelectElement) select.value = policy.id
  go({ ...shown().state, policy: policy.id })
}

/** Shows a function wherever it is folded away. */
function showFunction({ shown, go }: Page, id: string): void {
  const { state, forest } = shown()
  const folded = new Set(state.folded)
  for (const above of pathTo(id, forest)) folded.delete(above)
  go({ ...state, folded, selected: id, current: id })
  focusCurrent('center')
}

function focusCurrent(block: ScrollLogicalPosition): void {
  const card = byId('drawing').querySelector('[tabindex="0"]')
  if (card instanceof SVGElement) {
    card.focus({ preventScroll: true })
    card.scrollIntoView({ block, inline: 'nearest' })
  }
}
