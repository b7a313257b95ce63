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
  const last = (shown: Shown) => paragraph(`${leftOut(full, shown)}${more}`, style, FAINT)
  let room = most - paragraph(more, style).length
  let shown = fitting(full, room)
  // What is left out takes room itself, and the more of it the less room there is.
  for (let over = excess(shown, last(shown), most); over > 0 && room > 0; ) {
    room -= over
    shown = fitting(full, room)
    over = excess(shown, last(shown), most)
  }
  return [...full.flatMap((piece) => shown.get(piece) ?? []), ...last(shown)]
}

const FAINT = { tone: 'faint' } as const

/** Pieces that are shown, each in the form that has room. */
type Shown = ReadonlyMap<Piece, readonly string[]>

function fitting(pieces: readonly Piece[], room: number): Shown {
  const shown = new Map<Piece, readonly string[]>()
  let used = 0
  for (const piece of [...pieces].sort((a, b) => a.rank - b.rank)) {
    const { lines, orElse, rank } = piece
    const forms = orElse === undefined ? [lines] : [lines, orElse]
    const form = rank === 0 ? lines : forms.find((each) => used + each.length <= room)
    if (form === undefined) continue
    shown.set(piece, form)
    used += form.length
  }
  return shown
}

function excess(shown: Shown, last: readonly string[], most: number): number {
  const used = [...shown.values()].reduce((sum, lines) => sum + lines.length, last.length)
  return used - most
}

function leftOut(pieces: readonly Piece[], shown: Shown): string {
  const names = pieces
    .filter((piece) => shown.get(piece) !== piece.lines)
    .map(({ called }) => called)
  return names.length === 0 ? '' : `Not shown: ${listed([...new Set(names)])}. `
}
