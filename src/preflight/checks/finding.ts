import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { BareCheck } from '../model.js'
import { type PreflightReason, unreadReason } from '../reason.js'

/** What one check found, before it is known which check of which function it was. */
export type Finding = Pick<BareCheck, 'outcome' | 'reasons' | 'harmless' | 'decisive'>

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
