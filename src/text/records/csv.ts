import { escapeTerminal } from '../escape.js'
import { type Printable, printableDocument } from '../printable.js'
import type { Cell, Row } from './record.js'

/** Between the elements of a list; an element that holds one has it escaped. */
const LIST_SEPARATOR = ';'

/** What makes a spreadsheet take a text for a formula (CWE-1236). */
const FORMULA = /^[=+\-@]/

/** The header of a table as RFC 4180 has it. */
export function csvHeader(fields: readonly string[]): Printable {
  return printableDocument(`${fields.map(quoted).join(',')}\n`)
}

/**
 * One row. Nothing that a host says can end the row, act on a terminal or become a formula: a text that could be one begins with
 * an apostrophe. null is the empty field.
 */
export function csvLine(row: Row, fields: readonly string[]): Printable {
  return printableDocument(`${fields.map((field) => cellText(row[field] ?? null)).join(',')}\n`)
}

function cellText(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return quoted(cell)
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell)
  return quoted(cell.map(elementText).join(LIST_SEPARATOR))
}

function elementText(element: string | number): string {
  return String(element).replaceAll(LIST_SEPARATOR, '\\x3b')
}

function quoted(text: string): string {
  const plain = escapeTerminal(text)
  const safe = FORMULA.test(plain) ? `'${plain}` : plain
  return /[",]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}
