import { parsePciAddress } from '../host/pci-address.js'
import type { ReportIndex } from '../inspect/report-index.js'
import { POLICIES } from '../policy/policies/index.js'
import { USUAL_ROWS, usualFolds } from '../topology/topology-folds.js'
import { byId } from './dom.js'
import { findNode, pathTo } from './find-node.js'
import { keyed } from './keys.js'
import { type PageState, toggled, zoomed } from './page-state.js'
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

  const go = (state: PageState): void => {
    const { policy, owned } = now.state
    const index = state.policy === policy && state.owned === owned ? now.index : ask(state)
    now = show(state, index, now)
  }

  const focusCurrent = (block: ScrollLogicalPosition): void => {
    const card = byId('drawing').querySelector('[tabindex="0"]')
    if (card instanceof SVGElement) {
      card.focus({ preventScroll: true })
      card.scrollIntoView({ block, inline: 'nearest' })
    }
  }

  /** Shows a function wherever it is folded away. */
  const showFunction = (id: string): void => {
    const folded = new Set(now.state.folded)
    for (const above of pathTo(id, now.index)) folded.delete(above)
    go({ ...now.state, folded, selected: id, current: id })
    focusCurrent('center')
  }

  const setPolicy = (id: string): void => {
    const policy = POLICIES.find((each) => each.id === id)
    if (policy === undefined) return
    const select = byId('policy')
    if (select instanceof HTMLSelectElement) select.value = policy.id
    go({ ...now.state, policy: policy.id })
  }

  const own = (id: string): void => {
    const address = parsePciAddress(id)
    if (address === undefined) return
    go({ ...now.state, owned: toggled(now.state.owned, address) })
  }

  /**
   * What a click does, by the attribute of the nearest element that has one; an inner element comes before what holds
   * it.
   */
  const actions: Readonly<Record<string, (value: string) => void>> = {
    'data-fold': (id) => go({ ...now.state, folded: toggled(now.state.folded, id), current: id }),
    'data-tick': own,
    'data-id': (id) => go({ ...now.state, selected: id, current: id }),
    'data-show': showFunction,
    'data-drop': own,
    'data-clear': () => go({ ...now.state, owned: new Set() }),
    'data-policy': setPolicy,
  }

  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element)) return
    for (const [attribute, act] of Object.entries(actions)) {
      const value = target.closest(`[${attribute}]`)?.getAttribute(attribute)
      if (typeof value === 'string') return act(value)
    }
  })

  document.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement) setPolicy(target.value)
    else if (target instanceof HTMLInputElement) own(target.getAttribute('data-own') ?? '')
  })

  byId('drawing').addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const next = keyed(event.key, now)
    if (next === null) return
    event.preventDefault()
    go(next)
    focusCurrent('nearest')
  })

  byId('find').addEventListener('keydown', ({ key, target }) => {
    if (key !== 'Enter' || !(target instanceof HTMLInputElement)) return
    const found = findNode(target.value, now.index, now.state.selected)
    target.setAttribute('aria-invalid', found === null ? 'true' : 'false')
    if (found === null) byId('status').textContent = `Nothing matches "${target.value}".`
    else showFunction(found)
  })

  const press = (id: string, next: (shown: Shown) => PageState): void =>
    byId(id).addEventListener('click', () => go(next(now)))
  press('unfold', ({ state }) => ({ ...state, folded: new Set() }))
  press('fold', ({ state, index }) => ({ ...state, folded: usualFolds(index, USUAL_ROWS) }))
  press('larger', ({ state }) => ({ ...state, zoom: zoomed(state.zoom, 1) }))
  press('smaller', ({ state }) => ({ ...state, zoom: zoomed(state.zoom, -1) }))
}
