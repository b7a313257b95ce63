import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'

/** One thing that is asked of every function which a VM is to get (`docs/preflight.md`). */
export interface Check {
  /** What it is called in text, JSON and docs alike. */
  readonly id: string
  /** What a pass says that has nothing else to tell. */
  readonly passes: string
  /** A VM starts although it fails, with functions that keep the state of their last user. */
  readonly leavesState: boolean
  /** null: the question does not arise. */
  readonly run: (asked: Asked) => Finding | null
}

/** How a check ends. */
export type Outcome =
  /** Nothing is wrong. */
  | 'pass'
  /** The VM does not start, or gets functions that keep the state of their last user. */
  | 'fail'
  /** It hangs on facts that were not read: those among `reasons` of kind `unread`. */
  | 'cannot-tell'
  /** The VM starts, with something that its operator should know. */
  | 'warn'

/** What a check found, before it is known of which function of which VM. */
export interface Finding {
  readonly outcome: Outcome
  /** The facts behind the outcome; a pass may have none. */
  readonly reasons: Reasons
  /**
   * Whether the start of a VM does without the hot reset that the check is about. `true`: the function has a reset of its own
   * that is relied on. `false`: nothing else resets it, or only weakly. null: the check is about no hot reset, or what
   * the function's own reset is was not read.
   */
  readonly harmless: boolean | null
  /** Of `cannot-tell`: whether what was not read could make it fail. If not, no verdict hangs on it. */
  readonly decisive: boolean
}

type Reasons = readonly PreflightReason[]

export function pass(reasons: Reasons = []): Finding {
  return { outcome: 'pass', reasons, harmless: null, decisive: false }
}

export function warn(reasons: Reasons): Finding {
  return { outcome: 'warn', reasons, harmless: null, decisive: false }
}

export function fail(reasons: Reasons): Finding {
  return { outcome: 'fail', reasons, harmless: null, decisive: false }
}

/** What was not read could make it fail. */
export function cannotTell(reasons: Reasons): Finding {
  return { outcome: 'cannot-tell', reasons, harmless: null, decisive: true }
}

/** What was not read could make it a warning at most. */
export function cannotTellMuch(reasons: Reasons): Finding {
  return { outcome: 'cannot-tell', reasons, harmless: null, decisive: false }
}

/** The one unread file behind a check that cannot tell. */
export function missing(address: PciAddress | null, gap: Gap): Finding {
  return cannotTell([unreadReason(address, gap)])
}
