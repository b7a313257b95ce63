import { drawPicture } from './draw-picture.js'
import { DRAWING_STYLE } from './drawing-style.js'
import { legend } from './legend.js'
import { element, markupText } from './markup.js'
import { placeScene } from './place-scene.js'
import type { Scene } from './scene.js'

/** What stands above the drawing. */
export interface SvgTitle {
  readonly title: string
  /** Kernel, policy, what was left out. */
  readonly subtitle: string
}

const TOP = 58

/** The drawing as an SVG file: title, topology, legend. It needs nothing beside itself and runs nothing. */
export function svgDocument(scene: Scene, { title, subtitle }: SvgTitle): string {
  const picture = placeScene(scene)
  const { width } = picture
  const key = legend(width - 2 * 18)
  const height = TOP + picture.height + key.height + 12
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
    element('g', { transform: `translate(18 ${TOP + picture.height + 6})` }, ...key.content),
  )
  return `${markupText(svg)}\n`
}
