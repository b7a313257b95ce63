import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import { type PreflightReason, unreadReason } from '../reason.js'
import type { Asked } from '../situation.js'

/** One thing that is asked of every function which a VM is to get (`docs/preflight.md`). */
export interface Check {
  readonly id: string
  /** A few words, for people. */
  readonly title: string
  /** What a pass says that has nothing else to tell. */
  readonly passes: string
  /** A VM starts although it fails, with functions that keep the state of their last user. */
  readonly leavesState: boolean
  /** null: the question does not arise. */
  readonly run: (asked: Asked) => Finding | null
}

export type Outcome = 'pass' | 'fail' | 'cannot-tell' | 'warn'

/** What a check found, before it is known of which function of which VM. */
export interface Finding {
  readonly outcome: Outcome
  readonly reasons: Reasons
  /** Of resets: whether it does no harm that a hot reset is refused, since another reset happens. null: no such question. */
  readonly harmless: boolean | null
  /** With `cannot-tell`: what was not read could make it fail. Else an answer either way would change no verdict. */
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
