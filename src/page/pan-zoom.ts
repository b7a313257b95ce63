import { byId } from './dom.js'

/** A place on the screen, in CSS pixels of the window. */
interface ScreenPoint {
  readonly clientX: number
  readonly clientY: number
}

/** How the drawing is asked for another size. */
export interface Sizing {
  readonly zoom: () => number
  readonly resize: (zoom: number) => void
}

/** Pixels that a pressed mouse may move and still click. */
const CLICK = 5

/** The drawing follows a mouse that drags it, and grows with Ctrl and the wheel, a trackpad's pinch, and two fingers. */
export function followPanAndZoom(sizing: Sizing): void {
  const drawing = byId('drawing')
  followDrag(drawing)
  drawing.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return
      event.preventDefault()
      zoomAt(event, sizing.zoom() * Math.exp(-event.deltaY / 400), sizing)
    },
    { passive: false },
  )
  followFingers(drawing, sizing)
}

/** Keeps what is at a point of the screen there while the size changes. */
function zoomAt({ clientX, clientY }: ScreenPoint, zoom: number, { resize }: Sizing): void {
  const drawing = byId('drawing')
  const svg = drawing.querySelector('svg')
  if (svg === null) return
  const before = svg.getBoundingClientRect()
  resize(zoom)
  const now = svg.getBoundingClientRect()
  const grown = now.width / before.width
  drawing.scrollBy(
    now.left + (clientX - before.left) * grown - clientX,
    now.top + (clientY - before.top) * grown - clientY,
  )
}

function followDrag(drawing: HTMLElement): void {
  let from: { x: number; y: number; left: number; top: number } | null = null
  let dragged = false
  drawing.addEventListener('pointerdown', ({ button, pointerType, clientX, clientY }) => {
    dragged = false
    if (button !== 0 || pointerType !== 'mouse') return
    from = { x: clientX, y: clientY, left: drawing.scrollLeft, top: drawing.scrollTop }
  })
  addEventListener('pointermove', ({ clientX, clientY }) => {
    if (from === null) return
    const [x, y] = [clientX - from.x, clientY - from.y]
    dragged ||= Math.hypot(x, y) > CLICK
    if (dragged) drawing.scrollTo(from.left - x, from.top - y)
  })
  for (const end of ['pointerup', 'pointercancel']) {
    addEventListener(end, () => {
      from = null
    })
  }
  // The click at the end of a drag means nothing.
  drawing.addEventListener('click', (event) => dragged && event.stopPropagation(), {
    capture: true,
  })
}

function followFingers(drawing: HTMLElement, sizing: Sizing): void {
  let start: { apart: number; zoom: number } | null = null
  drawing.addEventListener(
    'touchmove',
    (event) => {
      const [one, other] = event.touches
      if (one === undefined || other === undefined) return
      event.preventDefault()
      const apart = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)
      start ??= { apart, zoom: sizing.zoom() }
      const middle = {
        clientX: (one.clientX + other.clientX) / 2,
        clientY: (one.clientY + other.clientY) / 2,
      }
      zoomAt(middle, (start.zoom * apart) / start.apart, sizing)
    },
    { passive: false },
  )
  drawing.addEventListener('touchend', () => {
    start = null
  })
}
