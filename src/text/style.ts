/** How text for people may look: what the place where it will stand can show. */
export interface Style {
  readonly color: boolean
  /** False: ASCII only. */
  readonly unicode: boolean
  /** Columns to stay within; null: no limit, the text goes to a pipe or a file. */
  readonly width: number | null
  /** What is shown: all of an answer, or as much as one screen holds; left out: all. */
  readonly extent?: 'whole' | 'first-screen'
}

/** What a piece of text is, for colour. The text says it too: colour alone never carries a meaning. */
export type Tone = 'good' | 'bad' | 'unsure' | 'strong' | 'faint'

/** What switches a tone on and off (ECMA-48, SGR). */
const SGR = {
  good: [32, 39],
  bad: [31, 39],
  unsure: [33, 39],
  strong: [1, 22],
  faint: [2, 22],
} as const satisfies Record<Tone, readonly [number, number]>

/** Colours a piece of text, if the place shows colour. Whether it does was decided before: no stream is asked here. */
export function paint(text: string, tone: Tone | undefined, { color }: Style): string {
  if (!color || tone === undefined || text === '') return text
  const [on, off] = SGR[tone]
  return `\u001B[${on}m${text}\u001B[${off}m`
}

/** Signs that have an ASCII form. */
export interface Glyphs {
  readonly yes: string
  readonly no: string
  readonly unsure: string
  /** Nothing to ask: the interface does not exist. */
  readonly none: string
  readonly bullet: string
  readonly attention: string
  /** Beside the functions of one unit: first, between, last. */
  readonly blockFirst: string
  readonly blockNext: string
  readonly blockLast: string
  /** In a tree: a child that others follow, the last one, and what runs past their children. */
  readonly child: string
  readonly lastChild: string
  readonly through: string
  readonly arrow: string
}

const UNICODE: Glyphs = {
  yes: '✓',
  no: '✗',
  unsure: '?',
  none: '–',
  bullet: '•',
  attention: '!',
  blockFirst: '┌',
  blockNext: '│',
  blockLast: '└',
  child: '├─ ',
  lastChild: '└─ ',
  through: '│  ',
  arrow: '→',
}

const ASCII: Glyphs = {
  yes: 'yes',
  no: 'no',
  unsure: '?',
  none: '-',
  bullet: '*',
  attention: '!',
  blockFirst: '/',
  blockNext: '|',
  blockLast: '\\',
  child: '+- ',
  lastChild: '\\- ',
  through: '|  ',
  arrow: '->',
}

export function glyphsOf({ unicode }: Style): Glyphs {
  return unicode ? UNICODE : ASCII
}
