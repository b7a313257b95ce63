import type { Gap } from '../host/gap.js'
import type { Machine } from './machine.js'
import type { DoctorReason } from './reason.js'

/** One thing that is asked of a machine before any function is given to a VM (`docs/reference/documents.md#doctor`). */
export interface HostCheck {
  readonly id: string
  /** A few words, for people. */
  readonly title: string
  /** What a pass says. */
  readonly passes: string
  /** Kernel function, parameter or section that decides. */
  readonly source: string
  /** null: the question does not arise. */
  readonly run: (machine: Machine) => HostFinding | null
}

/** What a check found: as in `preflight`, without a function. */
export interface HostFinding {
  readonly outcome: HostOutcome
  /** The facts behind the outcome; a pass has none. */
  readonly reasons: readonly DoctorReason[]
}

/** How a check of a machine ends. */
export type HostOutcome =
  /** Nothing is wrong. */
  | 'pass'
  /** No function can be given to a VM safely. */
  | 'fail'
  /** It hangs on facts that were not read: those among `reasons` of kind `unread`. */
  | 'cannot-tell'
  /** Functions can be given to VMs, with something that the operator should know. */
  | 'warn'

export const PASS: HostFinding = { outcome: 'pass', reasons: [] }

export function finding(outcome: HostOutcome, reason: DoctorReason): HostFinding {
  return { outcome, reasons: [reason] }
}

/** The file that would settle it. */
export function unsettled({ path, why, detail }: Gap): HostFinding {
  return finding('cannot-tell', { kind: 'unread', path, why, detail })
}
