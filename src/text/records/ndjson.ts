import { type Printable, printableJson } from '../printable.js'

/** One row as a line of JSON (ndjson.org). */
export function ndjsonLine(row: object): Printable {
  return printableJson(`${JSON.stringify(row)}\n`)
}
