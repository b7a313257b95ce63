import type { Source } from '../../document/values.js'

/** What the sentence about a capture rests on. */
export interface CaptureFacts {
  readonly file: string
  readonly bytes: number
  readonly entries: number
  readonly redacted: boolean
  readonly source: Source
}

/** What was written, of which host. */
export function captureSummary(facts: CaptureFacts): string {
  const { file, bytes, entries, source } = facts
  const of = source.path === null ? whose(facts) : `of ${sourceText(facts)}`
  const written = file === '-' ? 'Wrote the capture' : `Wrote ${file}`
  return `${written}: ${sizeText(bytes)}, ${entries} entries, ${of}.`
}

/** A redacted outcome names no file. */
function sourceText({ redacted, source }: CaptureFacts): string {
  if (!redacted) return String(source.path)
  return source.kind === 'capture' ? 'that capture' : 'that tree'
}

function whose({ source }: CaptureFacts): string {
  const release = source.kernelReleaseFrom === 'host' ? ` (Linux ${source.kernelRelease})` : ''
  return source.kind === 'live' ? `of this host${release}` : `of the demo host${release}`
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
