import stringWidth from 'string-width'
import { escapeTerminal } from './escape.js'
import { type Printable, printableLines } from './printable.js'
import { glyphsOf, paint, type Style, type Tone } from './style.js'

/** Prose is wrapped here where the place sets no limit: longer lines are hard to read. */
const PROSE_WIDTH = 100

/** Fewer columns than this are left to no text, however deep it is indented. */
const LEAST_ROOM = 16

/** ASCII and the glyphs of ours (`style.ts`), of which each takes one column: for others a table of all emoji is loaded. */
const NARROW = /^[ -~\u2013\u2022\u2026\u2192\u2500\u2502\u250c\u2514\u251c\u2713\u2717]*$/

/**
 * Columns that a line takes on a terminal; colour takes none. cli-table3 pads with the same measure, so that the columns of a
 * table stand straight whatever is in them.
 */
export function displayWidth(line: string): number {
  return NARROW.test(line) ? line.length : stringWidth(line)
}

/** Fills a line with spaces up to `width` columns. */
export function pad(line: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(line)))
  return align === 'left' ? line + fill : fill + line
}

/** Breaks text between words into lines of at most `width` columns; a word that is longer is cut. */
/** As much of a line as that many columns hold, with an ellipsis where something is left out. */
export function cut(line: string, width: number): string {
  if (displayWidth(line) <= width) return line
  const characters = [...line]
  let kept = ''
  for (const character of characters) {
    if (displayWidth(kept + character) > width - 1) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((each) => pieces(each, width))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line]
}

const SEPARATORS = ['/', ',', '-', '_'] as const

/** A long word breaks after a separator where it has one in reach, so that paths and lists stay readable. */
function pieces(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word]
  const parts: string[] = []
  let part = ''
  for (const character of word) {
    if (part !== '' && displayWidth(part + character) > width) {
      const cut = Math.max(...SEPARATORS.map((separator) => part.lastIndexOf(separator))) + 1
      const at = cut > part.length / 2 ? cut : part.length
      parts.push(part.slice(0, at))
      part = part.slice(at)
    }
    part += character
  }
  return [...parts, part]
}

/** How a paragraph stands: columns before its first line, and before the others if that differs. */
export interface Indent {
  readonly by?: number
  readonly next?: number
  readonly tone?: Tone
}

/** Prose, escaped and wrapped to the place's width. */
export function paragraph(text: string, style: Style, indent: Indent = {}): string[] {
  const first = indent.by ?? 0
  const rest = indent.next ?? first
  const room = Math.max(LEAST_ROOM, (style.width ?? PROSE_WIDTH) - Math.max(first, rest))
  return wrap(escapeTerminal(text), room).map(
    (line, index) => ' '.repeat(index === 0 ? first : rest) + paint(line, indent.tone, style),
  )
}

/** One entry of a list. */
export function bullet(text: string, style: Style, by = 2): string[] {
  const mark = `${glyphsOf(style).bullet} `
  const [first = '', ...rest] = paragraph(text, style, { by: by + displayWidth(mark) })
  return [`${' '.repeat(by)}${mark}${first.trimStart()}`, ...rest]
}

/** A command to be copied: never broken, whatever the width. */
export function command(text: string): string {
  return `      ${escapeTerminal(text)}`
}

/** Title of a section, with an empty line before it. */
export function heading(text: string, style: Style): string[] {
  return ['', ...paragraph(text, style, { tone: 'strong' })]
}

/** Text of lines, ready to print: no spaces at line ends, ASCII only where nothing else can be shown. */
export function finish(lines: readonly string[], style: Style): Printable {
  const trimmed = lines.map((line) => line.trimEnd())
  return printableLines(style.unicode ? trimmed : trimmed.map(toAscii), style)
}

const ASCII_FORMS: ReadonlyMap<string, string> = new Map([
  ['’', "'"],
  ['‘', "'"],
  ['“', '"'],
  ['”', '"'],
  ['–', '-'],
  ['—', '-'],
  ['…', '...'],
  ['®', '(R)'],
  ['µ', 'u'],
])

function toAscii(text: string): string {
  return text.replace(/[^\p{ASCII}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return ASCII_FORMS.get(character) ?? `\\u{${code.toString(16)}}`
  })
}
