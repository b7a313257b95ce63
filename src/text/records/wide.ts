import { finish } from '../layout.js'
import type { Printable } from '../printable.js'
import type { Style } from '../style.js'
import { renderTable } from '../table.js'
import { type Cell, isUnread, type Row } from './record.js'

export interface WideOptions {
  readonly fields: readonly string[]
  readonly headers: 'shown' | 'left out'
}

/** Rows below each other, one line each, as `lsblk` and `kubectl` list: `-` is none, `?` was not read. */
export function wideTable(
  rows: readonly Row[],
  { fields, headers }: WideOptions,
  style: Style,
): Printable {
  const columns = fields.map((field) => ({
    title: headers === 'shown' ? [field.replaceAll('_', '-').toUpperCase()] : [],
  }))
  const lines = renderTable({
    columns,
    rows: rows.map((row) => ({ cells: fields.map((field) => ({ text: textOf(row, field) })) })),
    // A line is a row, however narrow the terminal.
    style: { ...style, width: null },
  })
  return finish(lines, style)
}

function textOf(row: Row, field: string): string {
  return isUnread(row, field) ? '?' : cellText(row[field] ?? null)
}

function cellText(cell: Cell): string {
  if (cell === null || cell === '') return '-'
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  if (typeof cell === 'string' || typeof cell === 'number') return String(cell)
  return cell.length === 0 ? '-' : cell.join(',')
}
