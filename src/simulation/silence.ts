import { policyOf } from '../policy/find-policy.js'
import type { Interface } from '../policy/policy.js'
import { isIntent, type PolicyChoice, type StoryStep } from './scenario/scenario.js'

/** Why a policy has nothing to say about a story of calls: what it decides about, or asks for, is not in it. */
export type Silence =
  /** Nothing is opened through the interface that it decides about, so its answers are the kernel's. */
  | { readonly kind: 'other-interface'; readonly interface: Interface }
  /** Nobody binds with the claim that it stands on. */
  | { readonly kind: 'no-claim' }
  /** Whoever hot-resets passes none of the files that are its proof. */
  | { readonly kind: 'nothing-passed' }

/** null: it decides. What people want is called as the policy needs it, so a story that says so leaves none silent. */
export function silenceOf(choice: PolicyChoice, steps: readonly StoryStep[]): Silence | null {
  if (choice === 'kernel' || steps.some(isIntent)) return null
  const { opened, passed, claims } = policyOf(choice)
  if (opened !== 'either' && !steps.some((step) => interfaceOf(step) === opened)) {
    return { kind: 'other-interface', interface: opened }
  }
  const resets = steps.flatMap((step) => (step.do === 'hot-reset' ? [step] : []))
  if (claims !== null && !steps.some((step) => step.do === 'bind-cdev' && step.claim)) {
    return { kind: 'no-claim' }
  }
  const isPassing = resets.some((step) => step.groups.length + step.deviceFds.length > 0)
  const wantsFiles = passed !== 'nothing' && resets.length > 0
  return wantsFiles && !isPassing ? { kind: 'nothing-passed' } : null
}

/** Through which interface a step hands out a function; null: through none. */
function interfaceOf({ do: verb }: StoryStep): Interface | null {
  if (verb === 'open-device') return 'group'
  return verb === 'bind-cdev' ? 'cdev' : null
}
