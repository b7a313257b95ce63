import type { Printable } from '../../text/printable.js'
import type { ExportedHost } from '../exported-host.js'

/** A format in which hosts are exported: who reads it, and how it is written. */
export interface Format {
  readonly id: string
  /** Who reads it. */
  readonly for: string
  /** Whether one output can tell of more than one host. */
  readonly hosts: 'one' | 'many'
  /** Whether what it says can be told to be stale after a time. */
  readonly expires: 'yes' | 'no'
  readonly open: (wish: FormatWish) => Writer
}

/** What is asked of an output. */
export interface FormatWish {
  /** Whether every line has to say of which host it is. */
  readonly hostNames: 'each' | 'none'
  /** Moment after which nobody should believe it, ISO 8601, UTC; null: it stays. */
  readonly expiresAt: string | null
}

/** An output in the making: hosts are added one after the other, and need not stay in memory. */
export interface Writer {
  readonly add: (host: ExportedHost) => Iterable<Printable>
  /** What can only be said once all hosts were seen. */
  readonly end: () => Iterable<Printable>
}
