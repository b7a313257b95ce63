/** What a field of a flat record holds; a list holds short words. */
export type Cell = string | number | boolean | null | readonly (string | number)[]

/**
 * One row of a table for programs. null is "there is none", unless `unknown` names the field: then it was not read. So a flat table
 * says what `{unknown: why}` says in a document.
 */
export type Row = {
  readonly [field: string]: Cell
}
