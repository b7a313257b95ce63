import { drawPicture, swatch } from './draw-picture.js'
import { DRAWING_STYLE } from './drawing-style.js'
import { element, type Markup, markupText } from './markup.js'
import { placeScene } from './place-scene.js'
import { type Scene, SIGNS } from './scene.js'

/** What stands above the drawing. */
export interface SvgTitle {
  readonly title: string
  /** Kernel, policy, what was left out. */
  readonly subtitle: string
}

const TOP = 58
const LEGEND_HEIGHT = 74

/** The drawing as an SVG file: title, topology, legend. It needs nothing beside itself and runs nothing. */
export function svgDocument(scene: Scene, { title, subtitle }: SvgTitle): string {
  const picture = placeScene(scene)
  const height = TOP + picture.height + LEGEND_HEIGHT
  const { width } = picture
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'topology',
      width,
      height,
      viewBox: `0 0 ${width} ${Math.round(height)}`,
      role: 'img',
      'aria-label': title,
    },
    element('style', DRAWING_STYLE),
    element('rect', { class: 'paper', width, height }),
    element('text', { class: 'heading', x: 18, y: 28, 'font-size': 17 }, title),
    element('text', { class: 'what', x: 18, y: 47, 'font-size': 12 }, subtitle),
    element('g', { transform: `translate(0 ${TOP})` }, ...drawPicture(picture, 'printed')),
    element('g', { transform: `translate(18 ${TOP + picture.height + 6})` }, ...legend()),
  )
  return `${markupText(svg)}\n`
}

/** What the signs, lines and areas mean; the page shows the same. */
export function legend(): readonly Markup[] {
  return [
    swatch(0, { x: 0, y: 0, width: 26, height: 16 }),
    label(34, 12, 'IOMMU group of several functions: colour and pattern tell groups apart'),
    element('rect', { class: 'outline dev-set', x: 440, y: 1, width: 26, height: 14, rx: 4 }),
    label(474, 12, 'dev_set: VFIO resets these together now'),
    element('rect', { class: 'outline reset', x: 720, y: 1, width: 26, height: 14, rx: 4 }),
    label(754, 12, 'a hot reset affects these'),
    label(
      0,
      38,
      `Hot reset: ${SIGNS.yes} permitted, ${SIGNS.harmless} refused but harmless: it has a reset of its own, ${SIGNS.no} refused, ${SIGNS.unsure} cannot tell.`,
    ),
    label(
      0,
      56,
      `ACS of a port: ${SIGNS.yes} keeps what is below apart, ${SIGNS.no} does not, ${SIGNS.unsure} not read.  ! the host itself needs the function.`,
    ),
  ]
}

function label(x: number, y: number, content: string): Markup {
  return element('text', { class: 'what', x, y, 'font-size': 11 }, content)
}
