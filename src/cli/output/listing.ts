import * as Flags from '@oclif/core/flags'
import { type Printable, printableSentences } from '../../text/printable.js'
import { csvHeader, csvLine } from '../../text/records/csv.js'
import { ndjsonLine } from '../../text/records/ndjson.js'
import { pick, type Row } from '../../text/records/record.js'
import { wideTable } from '../../text/records/wide.js'
import type { Style } from '../../text/style.js'
import { UsageError } from '../errors.js'
import { nearest } from '../input/nearest.js'

const OUTPUTS = ['wide', 'name', 'json', 'ndjson', 'csv'] as const

/** What a command line says of an answer as a table. */
export interface ListingFlags {
  readonly output: (typeof OUTPUTS)[number] | undefined
  readonly columns: string | undefined
  readonly 'no-headers': boolean
}

/** The flags of a command whose answer can be told as a table. */
export function listingFlags() {
  return {
    output: Flags.option({
      char: 'o',
      summary: 'tell it as a table (wide, csv, ndjson), by names alone, or as --json does',
      options: OUTPUTS,
      exclusive: ['json'],
    })(),
    columns: Flags.string({
      helpValue: 'A,B',
      summary: 'with -o wide, csv or ndjson: these columns, in this order',
      dependsOn: ['output'],
    }),
    'no-headers': Flags.boolean({
      summary: 'with -o wide or csv: leave the header out',
      dependsOn: ['output'],
    }),
  }
}

/** An answer as a table. */
export interface Listing {
  readonly rows: readonly Row[]
  /** All columns, in their order. */
  readonly fields: readonly string[]
  /** Those that a person wants first. */
  readonly wide: readonly string[]
  /** What the rows are about, by name. */
  readonly names: readonly string[]
}

/** Throws where a table is wanted along with what no table tells: `given` are such flags, with what the command line says of them. */
export function checkListing(
  { output, columns }: ListingFlags,
  given: Readonly<Record<string, unknown>>,
): void {
  if (columns !== undefined && (output === 'name' || output === 'json')) {
    throw new UsageError(`-o ${output} has no columns.`, { hint: 'wide, csv and ndjson have.' })
  }
  if (!isTable({ output })) return
  const [clash] =
    Object.entries(given).find(([, value]) => value !== undefined && value !== false) ?? []
  if (clash === undefined) return
  throw new UsageError(`-o ${output} does not tell what --${clash} asks for.`, {
    hint: 'The text and the JSON document do.',
  })
}

/** Whether `-o` wants something else than the text or the document. */
export function isTable({ output }: Pick<ListingFlags, 'output'>): boolean {
  return output !== undefined && output !== 'json'
}

/** The table as `-o` wants it. */
export function listingText(
  flags: ListingFlags,
  style: Style,
  listing: Listing,
): Iterable<Printable> {
  const { output } = flags
  const fields = fieldsFor(flags, listing)
  const headers = flags['no-headers'] ? 'left out' : 'shown'
  switch (output) {
    case 'name':
      return listing.names.map((name) => printableSentences(name))
    case 'wide':
      return [wideTable(listing.rows, { fields, headers }, style)]
    case 'ndjson':
      return listing.rows.map((row) => ndjsonLine(pick(row, fields)))
    case 'csv': {
      const lines = listing.rows.map((row) => csvLine(row, fields))
      return headers === 'shown' ? [csvHeader(fields), ...lines] : lines
    }
    case 'json':
    case undefined:
      return []
  }
}

function fieldsFor({ columns, output }: ListingFlags, { fields, wide }: Listing) {
  if (columns === undefined) return output === 'wide' ? wide : fields
  const wanted = columns.split(',').map((name) => name.trim().replaceAll('-', '_'))
  const unknown = wanted.find((name) => !fields.includes(name))
  if (unknown === undefined) return wanted
  const near = nearest(unknown, fields)
  throw new UsageError(`There is no column "${unknown}".`, {
    hint: near === undefined ? `The columns are ${fields.join(', ')}.` : `Did you mean "${near}"?`,
  })
}
