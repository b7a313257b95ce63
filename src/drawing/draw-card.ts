import { type Attributes, element, type Markup } from './markup.js'
import { type Card, STACK } from './picture.js'
import { type SceneAcs, type SceneNode, SIGNS, type Vm } from './scene.js'
import { fitText, textWidth } from './text-width.js'

/** Text sizes in pixels. */
const NAME = 13
/** Not bold. */
const PORT_NAME = 12
const TEXT = 11
const LABEL = 10

/** Bold text is wider than the estimate by this much. */
const BOLD = 1.12

/** Distance from a card's edge to its text. */
const INSET = 12
/** Between two texts of a line. */
const BETWEEN = 8

/** Printed, or `live` on a page: with boxes to tick, handles to fold, and what screen readers need. */
export type DrawingMode = 'printed' | 'live'

/** A card: two lines of text, with the verdict or the port's ACS at the end of the first and boxes to tick on the second. */
export function drawCard(card: Card, mode: DrawingMode): Markup {
  const { node, x, y } = card
  const { kind, mark, asked, owner } = node
  const classes = [
    'card',
    kind,
    mark?.kind ?? 'unmarked',
    ...(asked ? ['asked'] : []),
    ...(owner === 'a' || owner === 'b' ? [`vm-${owner}`] : []),
  ]
  return element(
    'g',
    {
      class: classes.join(' '),
      transform: `translate(${x} ${y})`,
      ...(mode === 'live' ? treeItem(card) : {}),
    },
    element('title', node.description),
    ...(node.devices > 1 ? [behind(card, STACK), behind(card, STACK / 2)] : []),
    element('rect', { class: 'face', width: card.width, height: card.height, rx: 4 }),
    ...(mark === null
      ? []
      : [element('path', { class: 'stripe', d: `M2.5 5V${card.height - 5}` })]),
    ...cardTexts(card, mode),
    ...(node.acs === null ? [] : [drawAcs(node.acs, card)]),
    ...(mode === 'live' ? drawControls(card) : []),
  )
}

/** One more card of a stack, behind it. */
function behind({ width, height }: Card, away: number): Markup {
  return element('rect', { class: 'behind', x: away, y: away, width, height, rx: 4 })
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
  const room = width - 2 * INSET
  const verdict = verdictText(node, room)
  const end = verdict === '' ? 0 : textWidth(verdict, TEXT * BOLD)
  const firstRoom = room - (end === 0 ? 0 : end + BETWEEN)
  const [nameSize, nameWidth] = node.kind === 'port' ? [PORT_NAME, PORT_NAME] : [NAME, NAME * BOLD]
  const name = fitText(node.name, nameWidth, firstRoom)
  const [beside, below] = factsBeside(node) ? [node.facts, node.what] : ['', belowText(node)]
  const factsAt = textWidth(name, nameWidth) + BETWEEN
  const secondRoom = room - (mode === 'live' && node.owner !== null ? TICKS + BETWEEN : 0)
  return [
    text('name', { x: INSET, y: 17 }, nameSize, name),
    ...(beside === '' || factsAt + 20 > firstRoom
      ? []
      : [
          text(
            'facts',
            { x: INSET + factsAt, y: 17 },
            TEXT,
            fitText(beside, TEXT, firstRoom - factsAt),
          ),
        ]),
    ...(verdict === ''
      ? []
      : [text('verdict', { x: width - INSET, y: 17, 'text-anchor': 'end' }, TEXT, verdict)]),
    text('what', { x: INSET, y: 32 }, TEXT, ...secondLine(node, below, secondRoom)),
  ]
}

/** The verdict, without its errno where there is no room for both that and the name. */
function verdictText({ mark, name }: SceneNode, room: number): string {
  if (mark === null || mark.kind === 'none') return ''
  const text = `${SIGNS[mark.kind]} ${mark.text}`
  const left = room - textWidth(name, NAME * BOLD) - BETWEEN
  if (mark.kind !== 'no' || textWidth(text, TEXT * BOLD) <= left) return text
  return `${SIGNS.no} ${mark.text.replace(/^refused .*/, 'refused')}`
}

/** Cards of several functions and folded ports have long names or facts: these stand below. */
function factsBeside({ kind, hidden, devices }: SceneNode): boolean {
  return kind === 'function' || (kind === 'port' && (hidden === 0 || devices > 1))
}

function belowText({ kind, what, facts }: SceneNode): string {
  return kind === 'port' ? facts : `${what} · ${facts}`
}

function secondLine(
  { alert }: SceneNode,
  below: string,
  room: number,
): readonly (Markup | string)[] {
  if (alert === null) return [fitText(below, TEXT, room)]
  const said = fitText(`! ${alert}`, TEXT * BOLD, room)
  const rest = room - textWidth(said, TEXT * BOLD)
  return [
    element('tspan', { class: 'alert' }, said),
    ...(rest > 40 ? [fitText(` · ${below}`, TEXT, rest)] : []),
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

const ACS = { width: 44, height: 14 } as const

const ACS_SIGNS = { enforced: '✓', open: '✗', unread: '?' } as const satisfies Record<
  SceneAcs['state'],
  string
>

/** The mark sits on the edge where the port lets requests in from below. */
function drawAcs({ state }: SceneAcs, { width }: Card): Markup {
  return element(
    'g',
    { class: `acs ${state}`, transform: `translate(${width - ACS.width + 6} -9)` },
    element('rect', { width: ACS.width, height: ACS.height, rx: ACS.height / 2 }),
    element(
      'text',
      { x: ACS.width / 2, y: 10.5, 'text-anchor': 'middle', 'font-size': LABEL },
      `ACS ${ACS_SIGNS[state]}`,
    ),
  )
}

/** Room of the boxes for both VMs, each with its letter. */
const TICKS = 56
const TICK = TICKS / 2

/** A box to tick for each VM, and a handle for what is folded. */
function drawControls({ node, width, height }: Card): Markup[] {
  const { owner, hidden, children, id } = node
  const left = width - INSET - TICKS + 4
  const ticks = (['a', 'b'] as const).map((vm, place) =>
    drawTick(id, vm, owner === vm, { x: left + place * TICK, y: height - 18 }),
  )
  const handle = element(
    'g',
    {
      class: 'handle',
      'data-fold': id,
      transform: `translate(${width + 14} ${height / 2})`,
    },
    element('circle', { r: 7.5 }),
    element('path', { d: hidden > 0 ? 'M-3.5 0H3.5M0 -3.5V3.5' : 'M-3.5 0H3.5' }),
  )
  return [...(owner === null ? [] : ticks), ...(hidden > 0 || children.length > 0 ? [handle] : [])]
}

function drawTick(
  id: string,
  vm: Vm,
  ticked: boolean,
  { x, y }: { readonly x: number; readonly y: number },
): Markup {
  return element(
    'g',
    {
      class: `tick vm-${vm}${ticked ? ' ticked' : ''}`,
      'data-tick': `${vm} ${id}`,
      transform: `translate(${x} ${y})`,
    },
    element('rect', { class: 'target', x: -3, y: -4, width: TICK - 1, height: 20 }),
    element('rect', { class: 'box', width: 12, height: 12, rx: 2 }),
    ...(ticked ? [element('path', { class: 'check', d: 'M2.5 6.5L5 9L9.5 3.5' })] : []),
    element('text', { x: 14.5, y: 10, 'font-size': TEXT }, vm.toUpperCase()),
  )
}
