import { escapeTerminal } from '../../text/escape.js'
import type { Labels, Metric, Sample } from './metric.js'

const PREFIX = 'vfio_reset_'

/** What stands before the samples of a metric (the text format 0.0.4 of Prometheus). */
export function familyHeader({ name, help }: Metric): string {
  return `# HELP ${PREFIX}${name} ${escaped(help)}\n# TYPE ${PREFIX}${name} gauge\n`
}

export function sampleLine({ name }: Metric, [labels, value]: Sample): string {
  return `${PREFIX}${name}${labelText(labels)} ${value}\n`
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${labelValue(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** What acts on a terminal is made visible before: its backslash is one of the value then. */
function labelValue(value: string): string {
  return escaped(escapeTerminal(value)).replaceAll('"', '\\"')
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
