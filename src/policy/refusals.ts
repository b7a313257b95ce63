import { assumedCaller } from './assumed-caller.js'
import { claimRefusals } from './claim.js'
import { openingRefusals } from './opening.js'
import { ownershipRefusals } from './ownership.js'
import { passedFileRefusals, walkRefusals } from './passed-group-files.js'
import { isHypothetical, type Policy } from './policy.js'
import { type Refusal, refusal } from './reason.js'
import type { Arrival, ResetCase } from './reset-case.js'

/** Every check that refuses the assumed caller under a policy, those of one stage in kernel order. Empty: permitted. */
export function refusalsOf(policy: Policy, c: ResetCase): readonly Refusal[] {
  const { claims, over } = policy
  const { devSets, bareGroupFd } = c.host.kernel
  const { caller, refusals } = arrivalOf(policy, c)
  // Releases differ in how they test group files. What was only proposed is judged by the newest way.
  const asReleased = !isHypothetical(policy) && policy.passed === 'group-files'
  const walks = asReleased && !devSets
  const found = refusals.slice()
  if (claims !== null) found.push(...claimRefusals(c, claims(caller)))
  // Neither a slot nor a bus reset exists: ENODEV before anything else is asked.
  for (const denial of c.answer.denials) found.push(refusal('hot-reset', 'ENODEV', denial))
  if (asReleased && !bareGroupFd) found.push(...passedFileRefusals(c))
  if (walks) found.push(...walkRefusals(c, caller))
  // A claim has asked already; the one rule about users asks function by function.
  if (claims === null && over !== 'affected') found.push(...c.membership)
  if (!walks) found.push(...ownershipRefusals(c, policy, caller))
  return found
}

/** Worked out once for all policies whose callers come the same way. */
function arrivalOf(policy: Policy, c: ResetCase): Arrival {
  const way =
    (policy.opened === 'group' ? 1 : 0) +
    (policy.passed === 'any-files' ? 2 : 0) +
    (isHypothetical(policy) ? 4 : 0)
  const same = c.arrivals[way]
  if (same !== undefined) return same
  const made = { caller: assumedCaller(c, policy), refusals: openingRefusals(c, policy) }
  c.arrivals[way] = made
  return made
}
