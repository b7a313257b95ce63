import type { Style } from '../../text/style.js'
import { flagWords } from './json-text.js'

/** Everything the decision rests on, so that it can be tested without a terminal. */
export interface TerminalFacts {
  readonly isTerminal: boolean
  /** Columns as the terminal states them; undefined when it does not. */
  readonly columns: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** What `--color` says. */
  readonly color?: ColorWish
}

export const COLOR_WISHES = ['auto', 'always', 'never'] as const

type ColorWish = (typeof COLOR_WISHES)[number]

/** What `--color` says on a command line, whether or not it is parsed yet. */
export function colorWish(argv: readonly string[]): ColorWish {
  const words = flagWords(argv)
  const given = words.flatMap((word, place) => {
    if (word === '--color') return words[place + 1] ?? []
    return word.startsWith('--color=') ? word.slice('--color='.length) : []
  })
  return COLOR_WISHES.find((each) => each === given.at(-1)) ?? 'auto'
}

/** Columns of a terminal that does not say how wide it is, and the least that we lay out for. */
const DEFAULT_WIDTH = 80
const LEAST_WIDTH = 40

/** The most that we lay out for: a terminal can claim to be as wide as it likes. */
const MOST_WIDTH = 1_000

/** Decides colour, character set, width and extent of the text output. */
export function decideTerminal(facts: TerminalFacts): Style {
  return {
    color: hasColor(facts),
    unicode: hasUnicode(facts),
    width: widthOf(facts),
    // What goes to a pipe or a file is read from its beginning, by whoever can search it.
    extent: facts.isTerminal ? 'first-screen' : 'whole',
  }
}

/**
 * Whether a line can be shown there and taken back again. Terminals without a width are common (serial consoles, `script`,
 * `docker run -t`), and what clears a line counts its rows by dividing by the width.
 */
export function canShowProgress({ isTerminal, columns, env }: TerminalFacts): boolean {
  return isTerminal && isSet(columns) && env['TERM'] !== 'dumb'
}

/** `--color` beats `NO_COLOR` (no-color.org: any value but the empty one) beats `FORCE_COLOR`, which beats what the terminal can do. */
function hasColor({ isTerminal, env, color = 'auto' }: TerminalFacts): boolean {
  if (color !== 'auto') return color === 'always'
  if (isSet(env['NO_COLOR'])) return false
  const forced = env['FORCE_COLOR']
  if (isSet(forced)) return forced !== '0' && forced !== 'false'
  return isTerminal && env['TERM'] !== 'dumb'
}

/** The first of the locale variables that is set decides (POSIX, XBD 8.2); none means the C locale, hence ASCII. */
function hasUnicode({ env }: TerminalFacts): boolean {
  if (env['TERM'] === 'dumb') return false
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(isSet)
  return locale !== undefined && /utf-?8/i.test(locale)
}

function widthOf({ isTerminal, columns, env }: TerminalFacts): number | null {
  const wanted = isTerminal && isSet(columns) ? columns : Number(env['COLUMNS'])
  if (Number.isInteger(wanted) && wanted > 0) {
    return Math.min(Math.max(wanted, LEAST_WIDTH), MOST_WIDTH)
  }
  return isTerminal ? DEFAULT_WIDTH : null
}

function isSet<T extends string | number>(value: T | undefined): value is T {
  return value !== undefined && value !== '' && value !== 0
}
