import Table from 'cli-table3'
import { escapeTerminal } from './escape.js'
import { displayWidth, pad, wrap } from './layout.js'
import { paint, type Style, type Tone } from './style.js'

/** A column. Without `least` its cells never wrap; without `drop` it is never left out. */
export interface Column {
  /** Lines of the header; `[]` and one empty line are both no header. */
  readonly title: readonly string[]
  readonly align?: 'left' | 'right'
  /** The cells may wrap, down to this many columns. */
  readonly least?: number
  /** Left out when the place is too narrow; the greatest number first. */
  readonly drop?: number
  /** Left out when none of its cells has text. */
  readonly optional?: boolean
}

/** Text of a cell; `mark` stands before it and is not repeated on its further lines. */
export interface Cell {
  readonly text: string
  readonly tone?: Tone
}

export interface Row {
  readonly cells: readonly Cell[]
  /** Lines that follow the row over all columns, already laid out. */
  readonly below?: readonly string[]
}

export interface TableOptions {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly style: Style
  /** Columns of the terminal that stay free before the table. */
  readonly indent?: number
}

/**
 * cli-table3 lays out cells of several lines. Where each has one, they are only padded: the library takes 10 ms to load, which is
 * half of Node's start. It takes 1.8 s for 8,192 rows too, so longer tables are padded whatever is in them.
 */
const LIBRARY_ROWS = 256

const GAP = '  '

/** A table without rules, as lines. It fits the width by wrapping first, then by leaving columns out. */
export function renderTable({ columns, rows, style, indent = 0 }: TableOptions): string[] {
  const escaped = rows.map((row) => ({
    ...row,
    cells: row.cells.map((cell) => ({ ...cell, text: escapeTerminal(cell.text) })),
  }))
  const room = style.width === null ? null : style.width - indent
  const shown = fitColumns(columns, escaped, room)
  const margin = ' '.repeat(indent)
  const placed = (lines: readonly string[]) => lines.map((line) => (margin + line).trimEnd())
  const lines = (blocks: readonly Block[]): string[] => {
    if (blocks.length === 0) return []
    const isPadded = rows.length > LIBRARY_ROWS || blocks.every(hasOneLine)
    return placed(isPadded ? drawPadded(blocks, shown) : drawByLibrary(blocks, shown))
  }
  const headed = shown.some(({ column }) => column.title.some((text) => text !== ''))
  const drawn = headed ? placed(drawPadded([headerBlock(shown, style)], shown)) : []
  let blocks: Block[] = []
  for (const row of escaped) {
    blocks.push(shown.map((fitted) => cellLines(row.cells[fitted.index], fitted, style)))
    if (row.below === undefined) continue
    drawn.push(...lines(blocks), ...row.below)
    blocks = []
  }
  return [...drawn, ...lines(blocks)]
}

/** Lines of each cell of one row, painted and not yet padded. */
type Block = readonly (readonly string[])[]

function hasOneLine(block: Block): boolean {
  return block.every((lines) => lines.length <= 1)
}

/** Titles stand on their columns: short ones start lower. */
function headerBlock(shown: readonly Fitted[], style: Style): Block {
  const height = Math.max(0, ...shown.map(({ column }) => column.title.length))
  return shown.map(({ column: { title } }) => [
    ...Array.from({ length: height - title.length }, () => ''),
    ...title.map((text) => paint(text, 'faint', style)),
  ])
}

interface Fitted {
  readonly column: Column
  /** Place of its cells in a row. */
  readonly index: number
  readonly width: number
}

function naturalWidths(columns: readonly Column[], rows: readonly Row[]): number[] {
  const widths = columns.map(({ title }) => Math.max(0, ...title.map(displayWidth)))
  for (const { cells } of rows) {
    cells.forEach(({ text }, index) => {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(text))
    })
  }
  return widths
}

function filledColumns(rows: readonly Row[]): ReadonlySet<number> {
  const filled = new Set<number>()
  for (const { cells } of rows) {
    cells.forEach(({ text }, index) => {
      if (text !== '') filled.add(index)
    })
  }
  return filled
}

function fitColumns(
  columns: readonly Column[],
  rows: readonly Row[],
  room: number | null,
): readonly Fitted[] {
  const natural = naturalWidths(columns, rows)
  const filled = filledColumns(rows)
  let shown: readonly Fitted[] = columns.map((column, index) => ({
    column,
    index,
    width: natural[index] ?? 0,
  }))
  shown = shown.filter(({ width, column, index }) =>
    column.optional === true ? filled.has(index) : width > 0,
  )
  if (room === null) return shown
  while (leastWidth(shown) > room) {
    const rank = Math.max(...shown.map(({ column }) => column.drop ?? 0))
    if (rank <= 0) break
    shown = shown.filter(({ column }) => column.drop !== rank)
  }
  return shrink(shown, room)
}

function leastWidth(shown: readonly Fitted[]): number {
  const gaps = GAP.length * (shown.length - 1)
  return shown.reduce(
    (sum, { column, width }) => sum + Math.min(column.least ?? width, width),
    gaps,
  )
}

/** Takes what is missing from the widest column that may wrap, one at a time, so that none gets needlessly narrow. */
function shrink(shown: readonly Fitted[], room: number): readonly Fitted[] {
  const widths = shown.map(({ width }) => width)
  const gaps = GAP.length * (shown.length - 1)
  for (let excess = sum(widths) + gaps - room; excess > 0; excess--) {
    let widest: number | undefined
    shown.forEach(({ column: { least } }, index) => {
      const width = widths[index] ?? 0
      if (least === undefined || width <= least) return
      if (widest === undefined || width > (widths[widest] ?? 0)) widest = index
    })
    if (widest === undefined) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return shown.map((fitted, index) => ({ ...fitted, width: widths[index] ?? fitted.width }))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function cellLines(cell: Cell | undefined, { width }: Fitted, style: Style): string[] {
  if (cell === undefined) return ['']
  return wrap(cell.text, Math.max(1, width)).map((line) => paint(line, cell.tone, style))
}

function drawByLibrary(blocks: readonly Block[], shown: readonly Fitted[]): string[] {
  const table = new Table({
    chars: NO_RULES,
    colAligns: shown.map(({ column }) => column.align ?? 'left'),
    colWidths: shown.map(({ width }) => width),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...blocks.map((cells) => cells.map((lines) => lines.join('\n'))))
  return table.toString().split('\n')
}

const NO_RULES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
}

function drawPadded(blocks: readonly Block[], shown: readonly Fitted[]): string[] {
  return blocks.flatMap((cells) => {
    const height = Math.max(1, ...cells.map((lines) => lines.length))
    return Array.from({ length: height }, (_, line) =>
      shown
        .map(({ column, width }, index) => pad(cells[index]?.[line] ?? '', width, column.align))
        .join(GAP),
    )
  })
}
