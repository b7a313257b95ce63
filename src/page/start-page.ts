import { drawPicture } from '../drawing/draw-picture.js'
import { element, type Markup } from '../drawing/markup.js'
import type { Card, Picture } from '../drawing/picture.js'
import { placeScene } from '../drawing/place-scene.js'
import { parsePciAddress } from '../host/pci-address.js'
import { indexReport, type ReportIndex } from '../inspect/report-index.js'
import { affectedFunctions } from '../inspect/text/device/device-view.js'
import type { Forest } from '../topology/forest.js'
import { growForest } from '../topology/grow-forest.js'
import type { Given } from '../topology/scene-options.js'
import { USUAL_ROWS, usualFolds } from '../topology/topology-folds.js'
import { topologyScene } from '../topology/topology-scene.js'
import { answerPanel } from './answer-panel.js'
import { detailPanel } from './detail-panel.js'
import { byId, roomOf } from './dom.js'
import { fill, liveElement } from './fill.js'
import { hostLine } from './host-line.js'
import { listen } from './listen.js'
import { markCards } from './mark-cards.js'
import { followMap, showMap } from './overview-map.js'
import { readPageData } from './page-data.js'
import { hashOf, linkedState } from './page-hash.js'
import { functionsOf, type PageModel, pageModel } from './page-model.js'
import { fittingZoom, type PageState } from './page-state.js'
import { PLAIN } from './panel-parts.js'
import { followPrinting } from './paper.js'
import { cardRedrawer } from './redraw-cards.js'
import type { Shown } from './shown.js'
import { legendLine, toolbar } from './toolbar.js'
import { hostSentence, sharedGroups, vmPanel, vmSentence } from './vm-panel.js'

/** Reads the data in the page, shows it, and from then on follows what the reader does. */
export function startPage(): void {
  const data = readPageData(byId('data').textContent ?? '')
  const model = pageModel(data)
  const unticked = indexReport(model.overview(data.policy, new Map()))
  const { policy, asked } = data
  const { links } = model
  const forest = growForest({ index: unticked, policy, asked: new Set(asked), links })
  const usual = usualFolds(forest, USUAL_ROWS)
  const [first] = asked
  const usualState: PageState = {
    policy,
    given: new Map(),
    lit: [],
    folded: usual,
    selected: first ?? null,
    current: first ?? null,
    zoom: 1,
  }
  const state = linkedState(location.hash, usualState, unticked)
  const isUsual = state.policy === policy && state.given.size === 0
  const index = isUsual ? unticked : indexReport(model.overview(state.policy, state.given))
  byId('host').textContent = hostLine(index.report, data)
  byId('tools').append(...toolbar(state.policy).map((each) => liveElement(each)))
  byId('legend').append(...legendLine().map((each) => liveElement(each)))
  // The line at the foot takes room from the drawing.
  showVerdicts(state, index)
  const drawer = { model, forest, draw: cardRedrawer() }
  const zoom = fittingZoom(placed(state, index, drawer), roomOf('drawing'))
  const start = show({ ...state, zoom }, index, null, drawer)
  let { picture } = start
  followMap()
  followPrinting(() => picture)
  listen({
    start,
    show(next, index, before) {
      const shown = show(next, index, before, drawer)
      picture = shown.picture
      history.replaceState(null, '', `#${hashOf(shown.state, usual)}`)
      return shown
    },
    ask: ({ policy, given }) => indexReport(model.overview(policy, given)),
  })
  byId('drawing').querySelector('.selected')?.scrollIntoView({ block: 'center' })
}

/** What was asked about is selected at first, and is nothing special afterwards. */
const NOBODY: ReadonlySet<never> = new Set()

function placed(
  { policy, given, folded }: PageState,
  index: ReportIndex,
  { forest, model: { links } }: Drawer,
): Picture {
  return placeScene(topologyScene({ index, forest, links, policy, folded, given, asked: NOBODY }))
}

/** What is drawn, whatever is chosen. */
interface Drawer {
  readonly model: PageModel
  readonly draw: (card: Card) => Markup
  readonly forest: Forest
}

/** Brings a state onto the screen, and of what was there before renews what differs. */
function show(asked: PageState, index: ReportIndex, before: Shown | null, drawer: Drawer): Shown {
  const isSame = before?.index === index && before.state.folded === asked.folded
  const picture = isSame ? before.picture : placed(asked, index, drawer)
  const state = { ...asked, current: reachable(asked.current, picture) }
  const drawing = byId('drawing')
  if (!isSame || before.state.zoom !== state.zoom) {
    fill(drawing, [drawn(picture, state.zoom, drawer)])
    showMap(picture)
  }

  const isSameDetail = before?.index === index && before.state.selected === state.selected
  const affected = isSameDetail ? before.affected : showDetail(state, drawer.model)
  markCards(drawing, {
    ...state,
    affected: fullCards(picture, affected),
    lit: fullCards(picture, new Set(state.lit)),
  })
  if (before?.index !== index || before.state.lit !== state.lit) {
    fill(byId('answer'), answerPanel(index, state.lit))
  }
  if (before?.index !== index) showVerdicts(state, index)
  reveal(state, before?.state ?? null)
  return { state, index, forest: drawer.forest, picture, affected }
}

/** What changed beside the drawing is brought into view; on a narrow screen the detail lies over the page anyway. */
function reveal(now: PageState, before: PageState | null): void {
  byId('detail').classList.toggle('open', now.selected !== null)
  if (!matchMedia('(min-width: 861px)').matches) {
    if (now.selected !== null && now.selected !== before?.selected) clearOfDetail()
    return
  }
  if (now.selected !== (before?.selected ?? null)) byId('detail').scrollIntoView({ block: 'start' })
  else if (before !== null && now.given !== before.given)
    byId('vm').scrollIntoView({ block: 'nearest' })
}

/** On a narrow screen the detail covers the foot: what was clicked moves up until it is seen. */
function clearOfDetail(): void {
  const card = byId('drawing').querySelector('.selected')?.getBoundingClientRect()
  if (card === undefined) return
  const covered = card.bottom + AWAY - byId('detail').getBoundingClientRect().top
  if (covered > 0) scrollBy(0, covered)
  else if (card.top < AWAY) scrollBy(0, card.top - AWAY)
}

/** Room around it, in CSS pixels. */
const AWAY = 12

/** Cards all of whose functions are in a set. */
function fullCards({ cards }: Picture, functions: ReadonlySet<string>): ReadonlySet<string> {
  const nodes = cards.map(({ node }) => node)
  return new Set(
    nodes.flatMap((node) => (node.functions.every((each) => functions.has(each)) ? [node.id] : [])),
  )
}

/** The keyboard is always at some card that is drawn. */
function reachable(current: string | null, { cards }: Picture): string | null {
  const isDrawn = cards.some(({ node }) => node.id === current)
  return isDrawn ? current : (cards[0]?.node.id ?? null)
}

function drawn(picture: Picture, zoom: number, { draw }: Drawer): Markup {
  const { width, height } = picture
  return element(
    'svg',
    {
      width: width * zoom,
      height: height * zoom,
      viewBox: `0 0 ${width} ${height}`,
      role: 'group',
      'aria-label': 'Drawing',
    },
    ...drawPicture(picture, 'live', draw),
  )
}

function showVerdicts({ policy, given }: PageState, index: ReportIndex): void {
  fill(byId('vm'), vmPanel(index, policy, given))
  const vms = (['a', 'b'] as const).filter((vm) => functionsOf(vm, given).length > 0)
  byId('status').textContent = [
    ...(given.size === 0 ? [] : [`As if ${boundText(given)} bound to vfio-pci:`]),
    hostSentence(index, policy),
    ...sharedGroups(index, given),
    ...vms.map((vm) => vmSentence(vm, index, policy, given)),
  ].join(' ')
}

function boundText({ size }: Given): string {
  return size === 1 ? '1 function were' : `${size} functions were`
}

const HINT = element('p', { class: 'soft' }, 'Click a function, or press Enter on it, for details.')

const CLOSE = element(
  'button',
  { type: 'button', class: 'close', 'data-close': '', 'aria-label': 'Close the detail' },
  'Close',
)

/** Shows what is selected; returns the functions that its reset affects. */
function showDetail({ selected, policy, given }: PageState, model: PageModel): ReadonlySet<string> {
  const address = selected === null ? undefined : parsePciAddress(selected)
  const report = address === undefined ? null : model.detail(address, given)
  const device = report?.devices[0]
  if (report === null || device === undefined) {
    fill(byId('detail'), [HINT])
    return new Set()
  }
  const view = { index: indexReport(report), device, style: PLAIN }
  fill(byId('detail'), [CLOSE, ...detailPanel(view, { policy, given })])
  return new Set(affectedFunctions(device))
}
