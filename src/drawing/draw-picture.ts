import { type DrawingMode, drawCard } from './draw-card.js'
import { TINTS } from './enclose.js'
import { type Attributes, element, type Markup } from './markup.js'
import type { Box, Card, Heading, Link, Outline, Picture, Region, Way } from './picture.js'
import { fitText } from './text-width.js'

/** Text size of labels in pixels. */
const LABEL = 10

/** A picture as the content of an `<svg>`. */
export function drawPicture(
  picture: Picture,
  mode: DrawingMode,
  draw: (card: Card) => Markup = (card) => drawCard(card, mode),
): readonly Markup[] {
  return [
    element('defs', ...patterns()),
    element('g', { class: 'regions' }, ...picture.regions.flatMap(drawRegion)),
    element('g', { class: 'links' }, ...picture.links.flatMap(drawLink)),
    element('g', { class: 'passages' }, ...picture.passages.map(drawWay)),
    element('g', { class: 'outlines' }, ...picture.outlines.flatMap(drawOutline)),
    element('g', { class: 'headings' }, ...picture.headings.map(drawHeading)),
    element(
      'g',
      {
        class: 'cards',
        ...(mode === 'live' ? { role: 'tree', 'aria-label': 'PCI topology' } : {}),
      },
      ...picture.cards.map(draw),
    ),
  ]
}

/** One pattern for each tint, so that groups differ without colour too. */
const PATTERN_PATHS: readonly string[] = [
  'M0 10L10 0',
  'M0 0L10 10',
  'M5 4V6M4 5H6',
  'M0 5H10',
  'M5 0V10',
  'M0 10L10 0M0 0L10 10',
  'M0 5H10M5 0V10',
  'M0 7L5 3L10 7',
]

function patterns(): Markup[] {
  return PATTERN_PATHS.slice(0, TINTS).map((path, tint) =>
    element(
      'pattern',
      {
        id: `tint${tint}`,
        class: `t${tint}`,
        width: 10,
        height: 10,
        patternUnits: 'userSpaceOnUse',
      },
      element('rect', { class: 'wash', width: 10, height: 10 }),
      element('path', { class: 'weave', d: path }),
    ),
  )
}

/** The square that shows a region in a legend. */
export function swatch(tint: number, box: Box): Markup {
  return element('rect', { ...regionAttributes(tint), ...box, rx: 4 })
}

function regionAttributes(tint: number) {
  return { class: `region t${tint}`, fill: `url(#tint${tint})` }
}

function drawRegion({ x, y, width, height, label, tint }: Region): Markup[] {
  return [
    element('rect', { ...regionAttributes(tint), x, y, width, height, rx: 8 }),
    text(
      `region-label t${tint}`,
      { x: x + 10, y: y + height - 4.5 },
      LABEL,
      fitText(label, LABEL, width / 2),
    ),
  ]
}

function drawLink({ fromX, fromY, bendX, toX, toY, label }: Link): Markup[] {
  const path =
    fromY === toY ? `M${fromX} ${fromY}H${toX}` : `M${fromX} ${fromY}H${bendX}V${toY}H${toX}`
  const line = element('path', { class: 'link', d: path })
  if (label === null) return [line]
  const [x, end] = [toX - BESIDE, { 'text-anchor': 'end' }]
  return [
    line,
    text('link-label', { x, y: toY - 14, ...end }, LABEL, label.width),
    text('link-label', { x, y: toY - 4, ...end }, LABEL, label.speed),
  ]
}

/** Left of a card, of the outlines and the regions around it. */
const BESIDE = 15

/** A dashed line with an arrow at each card that can be reached, and a dot where requests get away. */
function drawWay({ x, ends }: Way): Markup {
  const heights = ends.map(({ y }) => y)
  const branches = ends.map((end) => `M${x} ${end.y}H${end.x - (end.reached ? HEAD : 0)}`)
  return element(
    'g',
    { class: 'passage' },
    element('title', SIDEWAYS),
    element('path', {
      class: 'way',
      d: `M${x} ${Math.min(...heights)}V${Math.max(...heights)}${branches.join('')}`,
    }),
    ...ends.map((end) =>
      end.reached
        ? element('path', { class: 'head', d: `M${end.x - 1} ${end.y}l-${HEAD} -4v8z` })
        : element('circle', { class: 'head', cx: end.x, cy: end.y, r: 3 }),
    ),
  )
}

const HEAD = 7

/** What an arrow sideways means. */
export const SIDEWAYS = 'traffic can pass sideways here, past the IOMMU'

function drawOutline({ x, y, width, height, kind, label, wide }: Outline): Markup[] {
  const place = wide
    ? { x: x + 8, y: y + height - 7 }
    : kind === 'reset'
      ? { x: x + width / 2, y: y + height + 9, 'text-anchor': 'middle' }
      : { x: x + width - 4, y: y + height + 9, 'text-anchor': 'end' }
  return [
    element('rect', { class: `outline ${kind}`, x, y, width, height, rx: 7 }),
    ...(label === ''
      ? []
      : [text(`outline-label ${kind}`, place, LABEL, fitText(label, LABEL, width - 90))]),
  ]
}

function drawHeading({ x, y, text: title }: Heading): Markup {
  return text('heading', { x, y }, 14, title)
}

function text(kind: string, place: Attributes, size: number, content: string): Markup {
  return element('text', { class: kind, ...place, 'font-size': size }, content)
}
