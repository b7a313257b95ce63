import { element, type Markup } from '../drawing/markup.js'
import type { Card, Picture } from '../drawing/picture.js'
import { byId } from './dom.js'
import { fill } from './fill.js'

/** Sizes of the map in CSS pixels. */
const WIDTH = { least: 64, most: 150 }
const HEIGHT = { least: 40, most: 220 }
/** Where more than this is seen, a map would hide more than it shows. */
const MOST_SEEN = 0.6

/** A small drawing of the whole with a frame around what is seen, where that is not all; a press there goes there. */
export function followMap(): void {
  const [map, drawing] = [byId('map'), byId('drawing')]
  drawing.addEventListener('scroll', showFrame)
  new ResizeObserver(showFrame).observe(drawing)
  const goTo = ({ clientX, clientY }: PointerEvent) => {
    const box = map.getBoundingClientRect()
    drawing.scrollTo(
      ((clientX - box.left) / box.width) * drawing.scrollWidth - drawing.clientWidth / 2,
      ((clientY - box.top) / box.height) * drawing.scrollHeight - drawing.clientHeight / 2,
    )
  }
  map.addEventListener('pointerdown', (event) => {
    map.setPointerCapture(event.pointerId)
    goTo(event)
  })
  map.addEventListener('pointermove', (event) => {
    if (map.hasPointerCapture(event.pointerId)) goTo(event)
  })
}

/** Draws the map of a picture. */
export function showMap({ width, height, cards }: Picture): void {
  const scale = Math.min(WIDTH.most / width, HEIGHT.most / height)
  const isNo = ({ node }: Card) => node.mark?.kind === 'no'
  fill(byId('map'), [
    element(
      'svg',
      {
        width: Math.max(WIDTH.least, width * scale),
        height: Math.max(HEIGHT.least, height * scale),
        viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
        preserveAspectRatio: 'none',
      },
      boxes('all', cards),
      boxes('no', cards.filter(isNo)),
    ),
    element('span', { id: 'frame' }),
  ])
  showFrame()
}

function boxes(kind: string, cards: readonly Card[]): Markup {
  const path = cards.map(
    ({ x, y, width, height }) => `M${Math.round(x)} ${Math.round(y)}h${width}v${height}h-${width}z`,
  )
  return element('path', { class: kind, d: path.join('') })
}

/** Moves the frame to what is seen. */
function showFrame(): void {
  const { scrollLeft, scrollTop, scrollWidth, scrollHeight, clientWidth, clientHeight } =
    byId('drawing')
  const seen = (clientWidth * clientHeight) / (scrollWidth * scrollHeight)
  byId('map').hidden = seen > MOST_SEEN
  const { style } = byId('frame')
  style.left = `${(100 * scrollLeft) / scrollWidth}%`
  style.top = `${(100 * scrollTop) / scrollHeight}%`
  style.width = `${(100 * clientWidth) / scrollWidth}%`
  style.height = `${(100 * clientHeight) / scrollHeight}%`
}
