import { TINTS } from './enclose.js'
import { type Attributes, element, type Markup } from './markup.js'
import type { Box, Card, Heading, Link, Outline, Picture, Region } from './picture.js'
import { type SceneAcs, type SceneNode, SIGNS } from './scene.js'
import { fitText, textWidth } from './text-width.js'

/** Text sizes in pixels. */
const NAME = 13
const TEXT = 11
const LABEL = 10

/** Bold text is wider than the estimate by this much. */
const BOLD = 1.08

/** Distance from a card's edge to its text. */
const INSET = 12

/** Printed, or `live` on a page: with boxes to tick, handles to fold, and what screen readers need. */
export type DrawingMode = 'printed' | 'live'

/** A picture as the content of an `<svg>`. */
export function drawPicture(picture: Picture, mode: DrawingMode): readonly Markup[] {
  return [
    element('defs', ...patterns()),
    element('g', { class: 'regions' }, ...picture.regions.flatMap(drawRegion)),
    element('g', { class: 'links' }, ...picture.links.map(drawLink)),
    element('g', { class: 'outlines' }, ...picture.outlines.flatMap(drawOutline)),
    element('g', { class: 'headings' }, ...picture.headings.map(drawHeading)),
    element(
      'g',
      {
        class: 'cards',
        ...(mode === 'live' ? { role: 'tree', 'aria-label': 'PCI topology' } : {}),
      },
      ...picture.cards.map((card) => drawCard(card, mode)),
    ),
  ]
}

const ACS_SIGNS = { enforced: '✓', open: '✗', unread: '?' } as const satisfies Record<
  SceneAcs['state'],
  string
>

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

function drawLink({ fromX, fromY, bendX, toX, toY }: Link): Markup {
  const path =
    fromY === toY ? `M${fromX} ${fromY}H${toX}` : `M${fromX} ${fromY}H${bendX}V${toY}H${toX}`
  return element('path', { class: 'link', d: path })
}

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

function drawCard(card: Card, mode: DrawingMode): Markup {
  const { node, x, y } = card
  const { kind, mark, asked, owned } = node
  const classes = [
    'card',
    kind,
    mark?.kind ?? 'unmarked',
    ...(asked ? ['asked'] : []),
    ...(owned === true ? ['owned'] : []),
  ]
  return element(
    'g',
    {
      class: classes.join(' '),
      transform: `translate(${x} ${y})`,
      ...(mode === 'live' ? treeItem(card) : {}),
    },
    element('title', node.description),
    element('rect', { class: 'face', width: card.width, height: card.height, rx: 5 }),
    ...(mark === null
      ? []
      : [element('path', { class: 'stripe', d: `M2.5 6V${card.height - 6}` })]),
    ...cardTexts(card, mode),
    ...(node.acs === null ? [] : [drawAcs(node.acs, card)]),
    ...(mode === 'live' ? drawControls(card) : []),
  )
}

/** Which item is selected and which one the keyboard is at changes too often to be drawn: the page marks it. */
function treeItem({ node, level }: Card) {
  const { id, hidden, children, description } = node
  const isOpen = hidden > 0 ? 'false' : children.length > 0 ? 'true' : undefined
  return {
    'data-id': id,
    role: 'treeitem',
    tabindex: -1,
    'aria-level': level,
    'aria-label': description,
    'aria-expanded': isOpen,
  }
}

function cardTexts({ node, width }: Card, mode: DrawingMode): Markup[] {
  const { mark } = node
  const verdict = mark === null || mark.kind === 'none' ? '' : `${SIGNS[mark.kind]} ${mark.text}`
  const room = width - 2 * INSET
  const nameRoom = room - (verdict === '' ? 0 : textWidth(verdict, TEXT * BOLD) + 10)
  const third =
    room - (node.acs === null ? 0 : 34) - (mode === 'live' && node.owned !== null ? 46 : 0)
  return [
    text('name', { x: INSET, y: 18 }, NAME, fitText(node.name, NAME * BOLD, nameRoom)),
    ...(verdict === ''
      ? []
      : [text('verdict', { x: width - INSET, y: 17, 'text-anchor': 'end' }, TEXT, verdict)]),
    text('what', { x: INSET, y: 33 }, TEXT, fitText(node.what, TEXT, room)),
    text('facts', { x: INSET, y: 47 }, TEXT, ...factTexts(node, third)),
  ]
}

function factTexts({ alert, facts }: SceneNode, room: number): readonly (Markup | string)[] {
  if (alert === null) return [fitText(facts, TEXT, room)]
  const said = `! ${alert}`
  return [
    element('tspan', { class: 'alert' }, fitText(said, TEXT, room)),
    fitText(` · ${facts}`, TEXT, Math.max(0, room - textWidth(said, TEXT))),
  ]
}

function text(
  kind: string,
  place: Attributes,
  size: number,
  ...content: readonly (Markup | string)[]
): Markup {
  return element('text', { class: kind, ...place, 'font-size': size }, ...content)
}

/** The mark sits on the edge where the port lets requests in from below. */
function drawAcs({ state }: SceneAcs, { width, height }: Card): Markup {
  const [chipWidth, chipHeight] = [46, 16]
  return element(
    'g',
    {
      class: `acs ${state}`,
      transform: `translate(${width - chipWidth + 6} ${height - chipHeight - 3})`,
    },
    element('rect', { width: chipWidth, height: chipHeight, rx: chipHeight / 2 }),
    element(
      'text',
      { x: chipWidth / 2, y: 11.5, 'text-anchor': 'middle', 'font-size': LABEL },
      `ACS ${ACS_SIGNS[state]}`,
    ),
  )
}

/** A box to tick for what `my VM` owns, and a handle for what is folded. */
function drawControls({ node, width, height }: Card): Markup[] {
  const controls: Markup[] = []
  if (node.owned !== null) {
    controls.push(
      element(
        'g',
        {
          class: 'tick',
          'data-tick': node.id,
          transform: `translate(${width - 50} ${height - 17})`,
        },
        element('rect', { class: 'target', x: -4, y: -3, width: 50, height: 20 }),
        element('rect', { class: 'box', width: 12, height: 12, rx: 2 }),
        ...(node.owned ? [element('path', { class: 'check', d: 'M2.5 6.5L5 9L9.5 3.5' })] : []),
        element('text', { x: 17, y: 10, 'font-size': TEXT }, 'VM'),
      ),
    )
  }
  if (node.hidden > 0 || node.children.length > 0) {
    controls.push(
      element(
        'g',
        {
          class: 'handle',
          'data-fold': node.id,
          transform: `translate(${width + 14} ${height / 2})`,
        },
        element('circle', { r: 7.5 }),
        element('path', { d: node.hidden > 0 ? 'M-3.5 0H3.5M0 -3.5V3.5' : 'M-3.5 0H3.5' }),
      ),
    )
  }
  return controls
}
