import { assumedCaller } from './assumed-caller.js'
import { claimRefusals } from './claim.js'
import { openingRefusals } from './opening.js'
import { ownershipRefusals } from './ownership.js'
import { passedFileRefusals, walkRefusals } from './passed-group-files.js'
import { isHypothetical, type Policy } from './policy.js'
import { type Refusal, refusal } from './reason.js'
import type { ResetCase } from './reset-case.js'

/** Every check that refuses the assumed caller under a policy, those of one stage in kernel order. Empty: permitted. */
export function refusalsOf(policy: Policy, c: ResetCase): readonly Refusal[] {
  const { claims, over } = policy
  const { devSets, bareGroupFd } = c.host.kernel
  const caller = assumedCaller(c, policy)
  // Releases differ in how they test group files. What was only proposed is judged by the newest way.
  const asReleased = !isHypothetical(policy) && policy.passed === 'group-files'
  const walks = asReleased && !devSets
  return [
    ...openingRefusals(c, policy),
    ...(claims === null ? [] : claimRefusals(c, claims(caller))),
    // Neither a slot nor a bus reset exists: ENODEV before anything else is asked.
    ...c.answer.denials.map((denial) => refusal('hot-reset', 'ENODEV', denial)),
    ...(asReleased && !bareGroupFd ? passedFileRefusals(c) : []),
    ...(walks ? walkRefusals(c, caller) : []),
    // A claim has asked already; the one rule about users asks function by function.
    ...(claims === null && over !== 'affected' ? c.membership : []),
    ...(walks ? [] : ownershipRefusals(c, policy, caller)),
  ]
}
