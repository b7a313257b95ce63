import { csvHeader, csvLine } from '../../text/records/csv.js'
import { COLUMNS } from '../row.js'
import { rowsOf } from '../rows.js'
import type { Format } from './format.js'

/** The table for spreadsheets; lists are joined by semicolons. */
export const csv = {
  id: 'csv',
  for: 'spreadsheets',
  hosts: 'many',
  expires: 'no',
  open: () => {
    let header = [csvHeader(COLUMNS)]
    return {
      add: (host) => {
        const lines = [...header, ...rowsOf(host).map((row) => csvLine(row, COLUMNS))]
        header = []
        return lines
      },
      end: () => header,
    }
  },
} as const satisfies Format
