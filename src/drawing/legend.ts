import { swatch } from './draw-picture.js'
import { element, type Markup } from './markup.js'
import { SIGNS } from './scene.js'
import { textWidth } from './text-width.js'

/** One line of the legend: what a mark looks like, in a box of 26 by 16 pixels, and what it means. */
export interface LegendItem {
  readonly mark: readonly Markup[]
  readonly text: string
}

/** What signs, lines and areas mean; the page and the image show the same. */
export function legendItems(): readonly LegendItem[] {
  return [
    { mark: [swatch(0, { x: 1, y: 1, width: 24, height: 14 })], text: 'IOMMU group of several' },
    { mark: [outline('dev-set')], text: 'dev_set: VFIO resets these together now' },
    { mark: [outline('reset')], text: 'a hot reset affects these' },
    { mark: arrow(), text: 'can reach sideways, past the IOMMU' },
    { mark: stack(), text: 'alike devices' },
    { mark: [sign('yes')], text: 'hot reset permitted' },
    { mark: [sign('harmless')], text: 'refused, harmless: has a reset of its own' },
    { mark: [sign('no')], text: 'refused' },
    { mark: [sign('unsure')], text: 'cannot tell' },
    { mark: [acs('enforced', SIGNS.yes)], text: 'port keeps what is below apart' },
    { mark: [acs('open', SIGNS.no)], text: 'does not' },
    { mark: [acs('unread', SIGNS.unsure)], text: 'not read' },
    { mark: [label('alert', '!')], text: 'the host itself needs it' },
    { mark: [label('link-label', '×16')], text: 'link as it is now' },
  ]
}

const HEIGHT = 21
const GLYPH = 32
const BETWEEN = 18
const TEXT = 11

/** The legend as lines of at most a width. */
export function legend(width: number): {
  readonly height: number
  readonly content: readonly Markup[]
} {
  let [x, y] = [0, 0]
  const content = legendItems().map(({ mark, text }) => {
    const room = GLYPH + textWidth(text, TEXT)
    if (x > 0 && x + room > width) [x, y] = [0, y + HEIGHT]
    const item = element(
      'g',
      { transform: `translate(${x} ${y})` },
      ...mark,
      element('text', { class: 'what', x: GLYPH, y: 12, 'font-size': TEXT }, text),
    )
    x += room + BETWEEN
    return item
  })
  return { height: y + HEIGHT, content }
}

function outline(kind: 'dev-set' | 'reset'): Markup {
  return element('rect', { class: `outline ${kind}`, x: 1, y: 1, width: 24, height: 14, rx: 4 })
}

function arrow(): readonly Markup[] {
  return [
    element('path', { class: 'way', d: 'M1 8H18' }),
    element('path', { class: 'head', d: 'M25 8l-7 -4v8z' }),
  ]
}

function stack(): readonly Markup[] {
  return [6, 3, 0].map((away) =>
    element('rect', { class: 'behind', x: 1 + away, y: 1 + away, width: 17, height: 9, rx: 2 }),
  )
}

function sign(kind: keyof typeof SIGNS): Markup {
  return element('g', { class: kind }, label('verdict', SIGNS[kind]))
}

function label(kind: string, text: string): Markup {
  return element(
    'text',
    { class: kind, x: 13, y: 12, 'text-anchor': 'middle', 'font-size': 12 },
    text,
  )
}

function acs(state: 'enforced' | 'open' | 'unread', text: string): Markup {
  return element(
    'g',
    { class: `acs ${state}` },
    element('rect', { x: 0, y: 1, width: 26, height: 14, rx: 7 }),
    element('text', { x: 13, y: 11.5, 'text-anchor': 'middle', 'font-size': 9 }, text),
  )
}
