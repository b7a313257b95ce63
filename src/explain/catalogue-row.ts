import type { KnownMessage, Origin, Project } from './catalogue/message.js'

/** What a row must say; the rest has a usual value. */
export type Row = Pick<KnownMessage, 'id' | 'text'> &
  Partial<Omit<KnownMessage, 'id' | 'text' | 'origin' | 'project'>>

/** The rows of one source file of one program. */
export function rowsOf(
  where: { readonly origin: Origin; readonly project: Project; readonly file: string },
  rows: readonly Row[],
): readonly KnownMessage[] {
  return rows.map((row) => ({ ...USUAL, ...where, ...row }))
}

const USUAL = {
  era: 'current',
  call: null,
  impliedErrno: null,
  needsErrno: false,
  isWrapper: false,
} as const
