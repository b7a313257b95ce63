import type { PciAddress } from '../host/pci-address.js'
import type { VmInterface } from '../host/vm-facts.js'
import type { PlanAnswer, VmName } from '../plan/step.js'
import type { PolicyId } from '../policy/policies/index.js'
import type { Finding } from './checks/check.js'
import type { CheckId } from './checks/index.js'
import type { NotFollowed } from './inputs/vm-input.js'

/** What one check found of one function. */
export interface CheckResult extends Finding {
  readonly id: CheckId
  readonly vm: VmName
  /** The function that was checked. */
  readonly device: PciAddress
}

/** The same with what can be done about it. */
export interface PlannedResult extends CheckResult {
  /** What turns a `fail` into a pass; null: nothing to do, or plans were not asked for. */
  readonly plan: PlanAnswer | null
}

/** An answer to a question about a VM. */
export type Verdict3 =
  /** Yes. */
  | 'pass'
  /** No. */
  | 'fail'
  /** It hangs on facts that were not read. */
  | 'cannot-tell'

/** A function that a VM gets. */
export interface OpenedFunction {
  readonly address: PciAddress
  /** The interface through which it is opened. */
  readonly via: VmInterface
  /** The rule by which its hot reset is judged. */
  readonly policy: PolicyId
}

export interface VmPreflight {
  readonly name: VmName
  /** In the order of the input. */
  readonly functions: readonly OpenedFunction[]
  readonly checks: readonly PlannedResult[]
  /** What may give it further functions, and does not say which. */
  readonly notFollowed: readonly NotFollowed[]
  /** Whether the VM gets all its functions. */
  readonly starts: Verdict3
  /** Whether its functions come to it clean: those checks that are about resets. */
  readonly resets: Verdict3
  /** `starts` and `resets` together: `fail` if one of them fails for certain. */
  readonly verdict: Verdict3
  /** One plan for everything that fails; null: nothing fails, or plans were not asked for. */
  readonly plan: PlanAnswer | null
}

export interface Preflight {
  readonly vms: readonly VmPreflight[]
  readonly verdict: Verdict3
}
