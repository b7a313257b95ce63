import type { Envelope } from '../../document/envelope.js'
import type { Bytes, Count } from '../../host/scalars.js'
import type { CommandNote } from '../record/manifest.js'
import type { Redaction, Secret } from '../redact/redaction.js'
import { captureSummary } from './summary-text.js'

/** What was captured, and what of it could identify somebody. */
export interface CaptureReport extends Envelope<'capture'> {
  /** The file that was written, as the user named it. */
  readonly file: string
  readonly bytes: Bytes
  /** How many files, links and empty folders are in it. */
  readonly entries: Count
  /** Whether values that could identify the host or its users were replaced by pseudonyms. */
  readonly redacted: boolean
  /** What was replaced; without `redacted`: what `--redact` would replace, if that was asked. */
  readonly redactions: readonly RedactionEntry[]
  /** Commands whose output is in the capture, and those that gave none. */
  readonly commands: readonly CommandNote[]
}

/** A value that was replaced. */
export interface RedactionEntry {
  /** File that it stood in, or the path whose name it was part of. */
  readonly path: string
  readonly what: Secret
  /** The pseudonym. What it stands for is told to people only. */
  readonly replacement: string
}

/** What `capture` did, with what stands for what: the document leaves that out. */
export interface CaptureOutcome extends Omit<CaptureReport, 'redactions' | 'summary'> {
  readonly redactions: readonly Redaction[]
}

export function captureReport({ redactions, ...outcome }: CaptureOutcome): CaptureReport {
  return {
    ...outcome,
    summary: captureSummary(outcome),
    redactions: redactions.map(({ path, what, after }) => ({ path, what, replacement: after })),
  }
}
