import { listed } from './english.js'
import { paragraph } from './layout.js'
import type { Style } from './style.js'

/** Lines that an answer to one question takes of a terminal of 24, and one that is about several things. */
export const ONE_ANSWER = 14
export const SEVERAL = 22

/** A piece of an answer that is shown whole or not at all, so that no list of commands is cut in two. */
export interface Piece {
  readonly lines: readonly string[]
  /** A shorter form, for where the whole has no room. */
  readonly orElse?: readonly string[]
  /** What goes first when there is room for some only; 0: shown whatever it takes. */
  readonly rank: number
  /** What it is, for the line that says what was left out. */
  readonly called: string
}

/**
 * What of an answer fits on one screen: the most important pieces, in their own order, and last what was left out and how to
 * see it.
 *
 * @param more what is said where pieces are left out, after their names: "--why shows it."
 */
export function firstScreen(
  pieces: readonly Piece[],
  { most, more }: { readonly most: number; readonly more: string },
  style: Style,
): readonly string[] {
  const full = pieces.filter(({ lines }) => lines.length > 0)
  const room = most - LAST_LINES
  const shown = new Map<Piece, readonly string[]>()
  let used = 0
  for (const piece of [...full].sort((a, b) => a.rank - b.rank)) {
    const { lines, orElse, rank } = piece
    const forms = orElse === undefined ? [lines] : [lines, orElse]
    const form = rank === 0 ? lines : forms.find((each) => used + each.length <= room)
    if (form === undefined) continue
    shown.set(piece, form)
    used += form.length
  }
  const cut = full.filter((piece) => shown.get(piece) !== piece.lines).map(({ called }) => called)
  const left = cut.length === 0 ? '' : `Not shown: ${listed([...new Set(cut)])}. `
  return [
    ...full.flatMap((piece) => shown.get(piece) ?? []),
    ...paragraph(`${left}${more}`, style, { tone: 'faint' }),
  ]
}

/** What the line with the pieces that are left out may take, at 80 columns. */
const LAST_LINES = 2
