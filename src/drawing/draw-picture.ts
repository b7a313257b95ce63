import { TINTS } from './enclose.js'
import { element, type Markup } from './markup.js'
import type { Box, Card, Heading, Link, Outline, Picture, Region } from './picture.js'
import type { SceneAcs, SceneMark } from './scene.js'
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
    element('defs', {}, ...patterns()),
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

/** Signs of verdicts: the colour says the same. */
export const SIGNS = { yes: '✓', no: '✗', unsure: '?', none: '–' } as const satisfies Record<
  SceneMark['kind'],
  string
>

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
    element(
      'text',
      { class: `region-label t${tint}`, x: x + 10, y: y + height - 4.5, 'font-size': LABEL },
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
      : [
          element(
            'text',
            { class: `outline-label ${kind}`, ...place, 'font-size': LABEL },
            fitText(label, LABEL, width - 90),
          ),
        ]),
  ]
}

function drawHeading({ x, y, text }: Heading): Markup {
  return element('text', { class: 'heading', x, y, 'font-size': 14 }, text)
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
    element('title', {}, node.description),
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
  const { mark, alert } = node
  const verdict = mark === null || mark.kind === 'none' ? '' : `${SIGNS[mark.kind]} ${mark.text}`
  const right = width - INSET
  const room = width - 2 * INSET
  const nameRoom = room - (verdict === '' ? 0 : textWidth(verdict, TEXT * BOLD) + 10)
  const third =
    room - (node.acs === null ? 0 : 34) - (mode === 'live' && node.owned !== null ? 46 : 0)
  const alertText = alert === null ? '' : `! ${alert}`
  return [
    text('name', INSET, 18, NAME, fitText(node.name, NAME * BOLD, nameRoom)),
    ...(verdict === ''
      ? []
      : [
          element(
            'text',
            { class: 'verdict', x: right, y: 17, 'text-anchor': 'end', 'font-size': TEXT },
            verdict,
          ),
        ]),
    text('what', INSET, 33, TEXT, fitText(node.what, TEXT, room)),
    ...(alertText === ''
      ? [text('facts', INSET, 47, TEXT, fitText(node.facts, TEXT, third))]
      : [
          element(
            'text',
            { class: 'facts', x: INSET, y: 47, 'font-size': TEXT },
            element('tspan', { class: 'alert' }, fitText(alertText, TEXT, third)),
            fitText(` · ${node.facts}`, TEXT, Math.max(0, third - textWidth(alertText, TEXT))),
          ),
        ]),
  ]
}

function text(kind: string, x: number, y: number, size: number, content: string): Markup {
  return element('text', { class: kind, x, y, 'font-size': size }, content)
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
