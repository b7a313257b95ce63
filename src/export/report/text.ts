import { counted } from '../../text/english.js'
import { type Printable, printableSentences } from '../../text/printable.js'
import type { HostEntry } from './document.js'

/** What is told beside the output: what was written, and which hosts are not in it. */
export function exportAside(hosts: readonly HostEntry[], file: string | null): Printable {
  const read = hosts.filter(({ problem }) => problem === null)
  const rows = read.reduce((sum, each) => sum + each.rows, 0)
  const wrote =
    file === null
      ? []
      : [`Wrote ${file}: ${counted(rows, 'function')} of ${counted(read.length, 'host')}.`]
  const missing = hosts.flatMap(({ host, problem }) =>
    problem === null ? [] : [`Left out: ${host}. ${problem}`],
  )
  return printableSentences(...wrote, ...missing)
}
