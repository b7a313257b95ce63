import type { PolicyId } from '../policy/policy.js'
import {
  byClaim,
  byClosure,
  byContext,
  byContextOrUnopened,
  byContextWithinSet,
  byDeviceFds,
  byDeviceFdsAsGroups,
  byGroupFiles,
  byGroupFilesOfOpened,
  byOpenedOnly,
  bySingleton,
  type ResetRule,
} from './policy-rules.js'
import type { PolicyChoice } from './scenario/scenario.js'

/** A policy as the machine asks it: over time, and of any caller. */
export interface SimulatedPolicy {
  readonly id: PolicyChoice
  /** No kernel has it: its rule implies a kernel with device cdevs, for noiommu functions too. */
  readonly impliesCdev: boolean
  /** BIND can claim the reset group; `strict`: only with all groups of it in the context. */
  readonly claims: 'none' | 'plain' | 'strict'
  /**
   * The rule for a caller by its way in; a caller of the other kind is answered as the kernel does. That keeps the debate
   * comparable: each proposal left the rest of VFIO alone.
   */
  readonly ruleFor: (via: 'group' | 'cdev') => CallerRule
}

/** What a hot reset wants as proof. */
export interface CallerRule {
  /** What the array may hold: group files and at least one, nothing at all, or group files and device fds in any number. */
  readonly array: 'groups' | 'empty' | 'any'
  /** The release decides how group files are tested, and before 5.15 what is asked at all. */
  readonly asKernel: boolean
  readonly refusals: ResetRule
}

export function simulatedPolicy(id: PolicyChoice): SimulatedPolicy {
  const { rule = null, via, claims = 'none' } = POLICY_RULES[id]
  const own = rule === null ? null : { array: ARRAYS[via], asKernel: false, refusals: rule }
  return {
    id,
    impliesCdev: own !== null && via !== 'group',
    claims,
    ruleFor: (caller) =>
      own !== null && (via === 'any' || via === caller) ? own : KERNEL_RULES[caller],
  }
}

const KERNEL_RULES: Readonly<Record<'group' | 'cdev', CallerRule>> = {
  group: { array: 'groups', asKernel: true, refusals: byGroupFiles },
  cdev: { array: 'empty', asKernel: true, refusals: byContext },
}

const ARRAYS = { group: 'groups', cdev: 'empty', any: 'any' } as const

interface PolicyRule {
  /** Left out: what the kernel does for both kinds of callers. */
  readonly rule?: ResetRule
  /** Whose rule it replaces. */
  readonly via: 'group' | 'cdev' | 'any'
  readonly claims?: SimulatedPolicy['claims']
}

const POLICY_RULES: Readonly<Record<PolicyId | 'kernel', PolicyRule>> = {
  kernel: { via: 'any' },
  'group-fds': { via: 'group' },
  iommufd: { via: 'cdev' },
  'opened-group-fds': { rule: byGroupFilesOfOpened, via: 'group' },
  'ctx-or-unopened': { rule: byContextOrUnopened, via: 'cdev' },
  singleton: { rule: bySingleton, via: 'cdev' },
  'device-fds': { rule: byDeviceFds, via: 'any' },
  'device-fd-as-group': { rule: byDeviceFdsAsGroups, via: 'any' },
  'ctx-or-group-in-set': { rule: byContextWithinSet, via: 'cdev' },
  'opened-only-core': { rule: byOpenedOnly, via: 'cdev' },
  closure: { rule: byClosure, via: 'cdev' },
  'reset-group-claim': { rule: byClaim, via: 'cdev', claims: 'plain' },
  'reset-group-claim-strict': { rule: byClaim, via: 'cdev', claims: 'strict' },
}
