import { SCHEMA_VERSION, type Tool } from '../../document/envelope.js'
import type { Source } from '../../document/values.js'
import type { Gap } from '../../host/gap.js'
import type { Count } from '../../host/scalars.js'
import type { CommandNote } from '../record/manifest.js'
import type { Redaction } from '../redact/redaction.js'

/** `capture --json` (`docs/reference/documents.md#capture`). */
export interface CaptureReport {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly kind: 'capture'
  readonly tool: Tool
  readonly source: Source
  readonly gaps: readonly Gap[]
  readonly file: string
  /** Size of the file. */
  readonly bytes: Count
  /** Files, links and empty folders in it. */
  readonly entries: Count
  readonly redacted: boolean
  /** What was replaced; without `redacted`: what `--redact` would replace, if that was asked. */
  readonly redactions: readonly RedactionEntry[]
  readonly commands: readonly CommandNote[]
}

export interface RedactionEntry {
  readonly path: string
  readonly what: Redaction['what']
  /** The pseudonym. What it stands for is told to people only. */
  readonly replacement: string
}

/** What `capture` did, with what stands for what: the document leaves that out. */
export interface CaptureOutcome
  extends Omit<CaptureReport, 'schemaVersion' | 'kind' | 'redactions'> {
  readonly redactions: readonly Redaction[]
}

export function captureReport({ tool, source, gaps, ...outcome }: CaptureOutcome): CaptureReport {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'capture',
    tool,
    source,
    gaps,
    ...outcome,
    redactions: outcome.redactions.map(({ path, what, after }) => ({
      path,
      what,
      replacement: after,
    })),
  }
}
