/** What a field of a flat record holds; a list holds short words. */
export type Cell = string | number | boolean | null | readonly (string | number)[]

/**
 * One row of a table for programs. null is "there is none", unless `unknown` names the field: then it was not read. So a flat table
 * says what `{unknown: why}` says in a document.
 */
export type Row = {
  readonly [field: string]: Cell
}

/** Whether a field was not read, which is neither a yes nor a no. */
export function isUnread({ unknown }: Row, field: string): boolean {
  return typeof unknown === 'object' && unknown !== null && unknown.includes(field)
}

/** The row with these fields only, in this order. */
export function pick(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(fields.map((field) => [field, row[field] ?? null]))
}
