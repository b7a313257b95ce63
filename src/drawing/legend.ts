import { swatch } from './draw-picture.js'
import { element, type Markup } from './markup.js'
import { SIGNS } from './scene.js'
import { textWidth } from './text-width.js'

/** One entry of the legend. */
export interface LegendItem {
  /** What a mark looks like, in a box of 26 by 16 pixels. */
  readonly mark: readonly Markup[]
  /** What it stands for. */
  readonly text: string
  /** The same in more words. */
  readonly meaning: string
}

/** What signs, lines and areas mean; the page and the image show the same. */
export function legendItems(): readonly LegendItem[] {
  return [
    item([swatch(0, { x: 1, y: 1, width: 24, height: 14 })], 'IOMMU group', 'of several functions'),
    item([outline('dev-set')], 'dev_set', 'VFIO resets these together now'),
    item([outline('reset')], 'one reset', 'a hot reset of one affects all of these'),
    item(arrow(), 'way sideways', 'requests can pass there, past the IOMMU'),
    item(stack(), 'alike devices', 'as one: a stack that opens'),
    item([sign('yes')], 'permitted', 'the hot reset, by the chosen policy'),
    item([sign('harmless')], 'refused, harmless', 'the function has a reset of its own'),
    item([sign('no')], 'refused', 'and no reset of its own is known to do the work'),
    item([sign('unsure')], 'cannot tell', 'something that decides was not read'),
    item([acs('enforced', SIGNS.yes)], 'ACS on', 'the port keeps what is below it apart'),
    item([acs('open', SIGNS.no)], 'off', 'the port does not keep what is below it apart'),
    item([acs('unread', SIGNS.unsure)], 'not read', 'whether the port does is not known'),
    item([label('alert', '!')], 'host needs it', 'for what is said there'),
    item([label('link-label', '×16')], 'link', 'lanes and speed as they are now'),
  ]
}

function item(mark: readonly Markup[], text: string, meaning: string): LegendItem {
  return { mark, text, meaning }
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
  const content = legendItems().map(({ mark, text: short, meaning }) => {
    const text = `${short}: ${meaning}`
    const room = GLYPH + textWidth(text, TEXT)
    if (x > 0 && x + room > width) [x, y] = [0, y + HEIGHT]
    const line = element(
      'g',
      { transform: `translate(${x} ${y})` },
      ...mark,
      element('text', { class: 'what', x: GLYPH, y: 12, 'font-size': TEXT }, text),
    )
    x += room + BETWEEN
    return line
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
