import { drawPicture } from '../drawing/draw-picture.js'
import { element, type Markup } from '../drawing/markup.js'
import type { Picture } from '../drawing/picture.js'
import { placeScene } from '../drawing/place-scene.js'
import { type PciAddress, parsePciAddress } from '../host/pci-address.js'
import { indexReport, type ReportIndex } from '../inspect/report-index.js'
import { affectedFunctions } from '../inspect/text/device/device-view.js'
import { USUAL_ROWS, usualFolds } from '../topology/topology-folds.js'
import { topologyScene } from '../topology/topology-scene.js'
import { detailPanel } from './detail-panel.js'
import { byId, fill, liveElement } from './dom.js'
import { hostLine } from './host-line.js'
import { listen } from './listen.js'
import { markCards } from './mark-cards.js'
import { readPageData } from './page-data.js'
import { type PageModel, pageModel } from './page-model.js'
import { fittingZoom, type PageState } from './page-state.js'
import { PLAIN } from './panel-parts.js'
import type { Shown } from './shown.js'
import { toolbar } from './toolbar.js'
import { hostSentence, vmPanel, vmSentence } from './vm-panel.js'

/** Reads the data in the page, shows it, and from then on follows what the reader does. */
export function startPage(): void {
  const data = readPageData(byId('data').textContent ?? '')
  const model = pageModel(data)
  const index = indexReport(model.overview(data.policy, new Set()))
  const [first] = data.asked
  const state: PageState = {
    policy: data.policy,
    owned: new Set(),
    folded: usualFolds(index, USUAL_ROWS),
    selected: first ?? null,
    current: first ?? null,
    zoom: 1,
  }
  byId('host').textContent = hostLine(index.report, data)
  byId('tools').append(...toolbar(state.policy).map((each) => liveElement(each)))
  const zoom = fittingZoom(placed(state, index).width, byId('drawing').clientWidth - PADDING)
  const start = show({ ...state, zoom }, index, null, model)
  listen({
    start,
    show: (next, asked, before) => show(next, asked, before, model),
    ask: ({ policy, owned }) => indexReport(model.overview(policy, owned)),
  })
  byId('drawing').querySelector('.selected')?.scrollIntoView({ block: 'center' })
}

/** What was asked about is selected at first, and is nothing special afterwards. */
const NOBODY: ReadonlySet<PciAddress> = new Set()

/** Around the drawing, left and right together. */
const PADDING = 16

function placed({ policy, owned, folded }: PageState, index: ReportIndex): Picture {
  return placeScene(topologyScene({ index, policy, folded, owned, asked: NOBODY }))
}

/** Brings a state onto the screen, and of what was there before renews what differs. */
function show(asked: PageState, index: ReportIndex, before: Shown | null, model: PageModel): Shown {
  const isSame = before?.index === index && before.state.folded === asked.folded
  const picture = isSame ? before.picture : placed(asked, index)
  const state = { ...asked, current: reachable(asked.current, picture) }
  const drawing = byId('drawing')
  if (!isSame || before.state.zoom !== state.zoom) fill(drawing, [drawn(picture, state.zoom)])
  const isSameDetail = before?.index === index && before.state.selected === state.selected
  const affected = isSameDetail ? before.affected : showDetail(state, model)
  markCards(drawing, { ...state, affected: affectedCards(picture, affected) })
  if (before?.index !== index) showVerdicts(state, index)
  return { state, index, picture, affected }
}

/** Cards all of whose functions are affected. */
function affectedCards({ cards }: Picture, affected: ReadonlySet<string>): ReadonlySet<string> {
  const nodes = cards.map(({ node }) => node)
  return new Set(
    nodes.flatMap(({ id, functions }) =>
      functions.every((each) => affected.has(each)) ? [id] : [],
    ),
  )
}

/** The keyboard is always at some card that is drawn. */
function reachable(current: string | null, { cards }: Picture): string | null {
  const isDrawn = cards.some(({ node }) => node.id === current)
  return isDrawn ? current : (cards[0]?.node.id ?? null)
}

function drawn(picture: Picture, zoom: number): Markup {
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
    ...drawPicture(picture, 'live'),
  )
}

function showVerdicts({ policy, owned }: PageState, index: ReportIndex): void {
  fill(byId('vm'), vmPanel(index, policy, owned))
  const own = owned.size > 0 ? ` My VM: ${vmSentence(index, policy, owned)}` : ''
  byId('status').textContent = hostSentence(index, policy) + own
}

const HINT = element('p', { class: 'soft' }, 'Click a function, or press Enter on it, for details.')

/** Shows what is selected; returns the functions that its reset affects. */
function showDetail({ selected, policy, owned }: PageState, model: PageModel): ReadonlySet<string> {
  const address = selected === null ? undefined : parsePciAddress(selected)
  const report = address === undefined ? null : model.detail(address, owned)
  const device = report?.devices[0]
  if (report === null || device === undefined) {
    fill(byId('detail'), [HINT])
    return new Set()
  }
  const view = { index: indexReport(report), device, style: PLAIN }
  fill(byId('detail'), detailPanel(view, { policy, owned }))
  return new Set(affectedFunctions(device))
}
