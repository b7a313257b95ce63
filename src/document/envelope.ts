import type { Gap } from '../host/gap.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import type { Source } from './values.js'

/** Version of the JSON documents. A change that can break a reader raises it: a field renamed, dropped, or of another type. */
export const SCHEMA_VERSION = 2

/** The program that wrote a document. */
export interface Tool {
  /** Always `vfio-reset`. */
  readonly name: string
  /** Its version (semver.org). */
  readonly version: string
}

/** What every document begins with. */
export interface Heading<Kind extends string> {
  /** Version of the documents. It is raised when a field is renamed, dropped or changes its type, not when one is added. */
  readonly schemaVersion: typeof SCHEMA_VERSION
  /** The command that gave the document; `error` in place of an answer. */
  readonly kind: Kind
  readonly tool: Tool
}

/** What every document about a host begins with; `From` is null where a command may read none. */
export interface Envelope<Kind extends string, From extends Source | null = Source>
  extends Heading<Kind> {
  /** Where the facts come from. */
  readonly source: From
  /** The answer in a sentence or two for people, true alone: what text leads with. */
  readonly summary: string
  /** Every fact that was wanted and not had, each once. What hangs on one of them is stated as unknown or undetermined. */
  readonly gaps: readonly Gap[]
}

export function envelope<Kind extends string>(
  kind: Kind,
  host: SourceHost,
  { gaps, tool }: { readonly gaps: readonly Gap[]; readonly tool: Tool },
): Omit<Envelope<Kind>, 'summary'> {
  return { ...heading(kind, tool), source: sourceReport(host), gaps }
}

export function heading<Kind extends string>(kind: Kind, tool: Tool): Heading<Kind> {
  return { schemaVersion: SCHEMA_VERSION, kind, tool }
}

/** What a document states of where its facts come from. */
export type SourceHost = Pick<AnalysedHost, 'raw' | 'kernel'>

export function sourceReport({ raw, kernel }: SourceHost): Source {
  return { ...raw.source, kernelRelease: kernel.release.text, kernelReleaseFrom: kernel.from }
}
