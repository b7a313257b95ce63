import type { Ora } from 'ora'
import { printableWords } from '../../text/printable.js'

/** Work that takes less time than this shows nothing. */
const PATIENCE_MS = 400

/** A line on stderr that says what takes so long; it disappears when the work is done. */
export interface Progress {
  /** States the next phase. Phases block the event loop, so this is where a line that is due gets painted. */
  phase(text: string): Promise<void>
  stop(): void
}

export interface ProgressOptions {
  /** Usually `process.stderr`: stdout holds nothing but the answer. Asked for only where something is shown. */
  readonly stream: NodeJS.WritableStream & { readonly columns?: number }
  /** Whether a line can be shown there and taken back again (`canShowProgress`); nothing is shown anywhere else. */
  readonly isTerminal: boolean
  /** Monotonic clock in milliseconds. */
  readonly now: () => number
}

const SILENT: Progress = { phase: async () => undefined, stop: () => undefined }

/** Starts to wait. ora is loaded only once the wait is long enough to be noticed. */
export function startProgress(options: ProgressOptions): Progress {
  if (!options.isTerminal) return SILENT
  const { stream, now } = options
  const due = now() + PATIENCE_MS
  let spinner: Ora | undefined
  let stopped = false
  const stop = () => {
    stopped = true
    spinner?.stop()
    stream.off('resize', stopWithoutWidth)
  }
  // ora divides by the width, and would clear lines for ever.
  const stopWithoutWidth = () => {
    if (stream.columns === undefined || stream.columns < 1) stop()
  }
  stream.on('resize', stopWithoutWidth)
  return {
    phase: async (text) => {
      if (stopped || now() < due) return
      const { default: ora } = await import('ora')
      if (stopped) return
      // The cursor stays visible and stdin untouched: a process that hangs is killed, and could put neither back.
      spinner ??= ora({ stream, isEnabled: true, hideCursor: false, discardStdin: false }).start()
      spinner.text = printableWords(text)
      spinner.render()
    },
    stop,
  }
}
