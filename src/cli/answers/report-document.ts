import type { TrackerId } from '../../bug-report/bug-report-trackers.js'
import type { Envelope } from '../../document/envelope.js'
import type { WrittenFile } from './report-files.js'

/** A bug report, and the files that were written with it. */
export interface ReportDocument extends Envelope<'report'> {
  readonly for: TrackerId
  /** Whether values that could identify the host or its users were replaced by pseudonyms. */
  readonly redacted: boolean
  /** Name of the capture that was read, without its folder; a made-up one where it is redacted; null: none was read, or it came from standard input. */
  readonly capture: string | null
  /** The bug report in Markdown, whole. */
  readonly markdown: string
  /** The pages and drawings that were written. */
  readonly files: readonly WrittenFile[]
}
