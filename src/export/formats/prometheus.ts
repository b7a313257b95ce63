import { type Printable, printableDocument } from '../../text/printable.js'
import type { ExportedHost } from '../exported-host.js'
import { familyHeader, sampleLine } from '../prometheus/exposition.js'
import { FUNCTION_METRICS } from '../prometheus/function-metrics.js'
import { HOST_METRICS } from '../prometheus/host-metrics.js'
import type { Format, FormatWish } from './format.js'

/** Metrics in the text format, for the textfile collector of node_exporter. */
export const prometheus = {
  id: 'prometheus',
  for: 'Prometheus, through the textfile collector of node_exporter',
  hosts: 'many',
  expires: 'no',
  open: (wish) => {
    const families = [...HOST_METRICS, ...FUNCTION_METRICS].map((metric) => ({
      metric,
      pieces: [] as string[],
    }))
    return {
      add: (host) => {
        for (const { metric, pieces } of families) {
          const samples = metric.samples(host)
          const named = samples.map(([labels, value]) =>
            sampleLine(metric, [{ ...hostLabel(host, wish), ...labels }, value]),
          )
          pieces.push(named.join(''))
        }
        return []
      },
      // The samples of a metric have to stand together, whatever the host.
      end: function* (): Generator<Printable> {
        for (const { metric, pieces } of families) {
          const text = pieces.join('')
          if (text !== '') yield printableDocument(familyHeader(metric) + text)
        }
      },
    }
  },
} as const satisfies Format

/** Of a host that scrapes itself, `instance` says which it is. */
function hostLabel({ question: { called } }: ExportedHost, { hostNames }: FormatWish) {
  return hostNames === 'each' ? { host: called } : {}
}
