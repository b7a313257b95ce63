import { type Heading, heading, type Tool } from '../../document/envelope.js'
import type { Source } from '../../document/values.js'
import type { Gap } from '../../host/gap.js'
import type { Count } from '../../host/scalars.js'
import type { ExportFormat } from '../formats/index.js'
import type { ExportRow } from '../row.js'
import type { SelectId } from '../select.js'

/** What was exported of one or more hosts. */
export interface ExportReport extends Heading<'export'> {
  /** The host; null: several, each with its own in `hosts`. */
  readonly source: Source | null
  /** Every fact that was wanted of the host and not had; empty where there are several. */
  readonly gaps: readonly Gap[]
  /** Which functions were chosen. */
  readonly select: SelectId
  /** Format of the file; null: no file was written. */
  readonly format: ExportFormat | null
  /** File that was written; null: none. */
  readonly file: string | null
  /** The hosts, in the order given. */
  readonly hosts: readonly HostEntry[]
  /** A row for each function that was chosen. */
  readonly rows: readonly ExportRow[]
}

/** A host that was asked for. */
export interface HostEntry {
  /** Its name in the rows. */
  readonly host: string
  /** Where its facts come from; null: it could not be read. */
  readonly source: Source | null
  /** How many rows are about it. */
  readonly rows: Count
  /** How many facts about it were wanted and not had. */
  readonly gaps: Count
  /** Why it could not be read; null: it was. */
  readonly problem: string | null
}

export interface ExportFacts
  extends Omit<ExportReport, keyof Heading<'export'> | 'source' | 'gaps'> {
  readonly tool: Tool
  /** The one host; null: there are several, or none could be read. */
  readonly only: { readonly source: Source; readonly gaps: readonly Gap[] } | null
}

export function exportReport({ tool, only, ...facts }: ExportFacts): ExportReport {
  return {
    ...heading('export', tool),
    source: only?.source ?? null,
    gaps: only?.gaps ?? [],
    ...facts,
  }
}
