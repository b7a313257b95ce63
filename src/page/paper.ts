import { cutPicture, onSheet, type Sheet } from '../drawing/cut-picture.js'
import { drawPicture } from '../drawing/draw-picture.js'
import { element, type Markup } from '../drawing/markup.js'
import type { Picture } from '../drawing/picture.js'
import { byId } from './dom.js'
import { fill } from './fill.js'

/** A4 landscape inside its margins, in CSS pixels. */
const WIDTH = 1040
const HEIGHT = 710
/** What stands above the drawing, title and policy, or on a later sheet the root bus; and below, the legend. */
const ABOVE = { first: 70, other: 34 } as const
const BELOW = 50
/** Smaller than this nobody reads it on paper. */
const LEAST = 0.62

/** While the page is printed, the drawing stands there in sheets that a printer has no need to cut. */
export function followPrinting(picture: () => Picture): void {
  addEventListener('beforeprint', () => fill(byId('paper'), sheetsOf(picture())))
  addEventListener('afterprint', () => fill(byId('paper'), []))
}

function sheetsOf(picture: Picture): readonly Markup[] {
  const { width, height } = picture
  const wide = Math.min(1, WIDTH / width)
  const whole = Math.min(wide, (HEIGHT - ABOVE.first - BELOW) / height)
  const zoom = whole >= LEAST ? whole : wide
  const sheets = cutPicture(picture, (sheet) => (HEIGHT - ABOVE[sheet]) / zoom)
  return sheets.map((sheet) => drawn(sheet, picture, zoom))
}

/** Height of the line that says what a sheet goes on with. */
const TITLE = 26

function drawn(sheet: Sheet, picture: Picture, zoom: number): Markup {
  const { top, height, title, goesOn } = sheet
  const { width } = picture
  const above = goesOn ? TITLE : 0
  const box = `0 ${Math.round(top - above)} ${Math.round(width)} ${Math.round(height + above)}`
  return element(
    'svg',
    { width: width * zoom, height: (height + above) * zoom, viewBox: box },
    ...drawPicture(onSheet(picture, sheet), 'printed'),
    ...(goesOn ? continued(title, top - above, width) : []),
  )
}

/** Over the lines that come from the sheet before. */
function continued(title: string, y: number, width: number): readonly Markup[] {
  return [
    element('rect', { class: 'paper', x: 0, y, width, height: TITLE }),
    element('text', { class: 'heading', x: 18, y: y + 17, 'font-size': 14 }, `${title}, continued`),
  ]
}
