import { ndjsonLine } from '../../text/records/ndjson.js'
import { rowsOf } from '../rows.js'
import type { Format } from './format.js'

/** The table as one JSON document a line. */
export const ndjson = {
  id: 'ndjson',
  for: 'engines for tables: DuckDB, ClickHouse, jq',
  hosts: 'many',
  expires: 'no',
  open: () => ({
    add: (host) => rowsOf(host).map(ndjsonLine),
    end: () => [],
  }),
} as const satisfies Format
