import type { ExportedHost } from '../exported-host.js'

/** Labels of a sample. */
export type Labels = Readonly<Record<string, string>>

export type Sample = readonly [labels: Labels, value: number]

/** A gauge: its name without the prefix, what it tells, and its samples of one host. What is unknown has no sample. */
export interface Metric {
  readonly name: string
  readonly help: string
  readonly samples: (host: ExportedHost) => readonly Sample[]
}
