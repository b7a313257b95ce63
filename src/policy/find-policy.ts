import { type ListedPolicy, POLICIES, type PolicyId } from './policies/index.js'
import { type Interface, isHypothetical } from './policy.js'

/** The policies that kernels have: one for each interface. */
export const KERNEL_POLICIES: readonly ListedPolicy[] = POLICIES.filter(
  (policy) => !isHypothetical(policy),
)

/** Shown unless the user names others. */
export const DEFAULT_POLICIES: readonly ListedPolicy[] = POLICIES.filter(
  ({ isDefault }) => isDefault,
)

export function policyOf(id: PolicyId): ListedPolicy {
  return wanted(id, (policy) => policy.id === id)
}

/** The rule that kernels have for functions opened this way. */
export function kernelPolicy(opened: Interface): ListedPolicy {
  return wanted(opened, (policy) => !isHypothetical(policy) && policy.opened === opened)
}

function wanted(what: string, isWanted: (policy: ListedPolicy) => boolean): ListedPolicy {
  const policy = POLICIES.find(isWanted)
  if (policy === undefined) throw new Error(`no policy ${what}`)
  return policy
}
