import { type Envelope, heading, type Tool } from '../document/envelope.js'
import type { Shell } from './command-spec.js'

/** The completion of command lines for a shell. It is about no host. */
export interface CompletionReport extends Envelope<'completion', null> {
  /** Always null: no host was read. */
  readonly source: null
  /** Always empty: no host was read. */
  readonly gaps: readonly []
  /** The shell that was asked for. */
  readonly shell: Shell
  /** What the shell reads to complete command lines. */
  readonly script: string
}

export function completionReport(shell: Shell, script: string, tool: Tool): CompletionReport {
  return {
    ...heading('completion', tool),
    source: null,
    summary: `Completes command lines in ${shell}.`,
    gaps: [],
    shell,
    script,
  }
}
