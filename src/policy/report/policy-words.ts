import { listed } from '../../text/english.js'
import { KERNEL_POLICIES } from '../find-policy.js'
import { POLICIES, type PolicyId } from '../policies/index.js'

/** A policy in a sentence: kernels have one for each interface, and of the others people know the names. */
export function policyWords(policy: PolicyId): string {
  if (policy === 'group-fds') return 'through the group interface'
  return policy === 'iommufd' ? 'through iommufd' : `under ${policy}`
}

/** What the list of policies comes to. */
export function policiesSummary(): string {
  const kernels = KERNEL_POLICIES.map(({ id }) => id)
  return `An ownership policy says who may issue a hot reset (VFIO_DEVICE_PCI_HOT_RESET), once a reset is possible at all: kernels have ${listed(kernels)}, and ${POLICIES.length - kernels.length} more were proposed.`
}
