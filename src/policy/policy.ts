import type { Day } from '../host/scalars.js'
import type { Caller, Fact } from './caller.js'
import type { NeedsOf } from './needs.js'

/** What is said of a policy, in its file and in `policies --json`. */
export interface PolicyFacts {
  readonly id: string
  /** Its name for people. */
  readonly title: string
  /** The rule in one sentence, for people. */
  readonly rule: string
  /** The mail that proposed it. */
  readonly origin: PolicyOrigin
  /** First mainline release with the rule, such as `6.6`; null: no kernel ever had it. */
  readonly implementedSince: string | null
}

/** A mail on a public list. */
export interface PolicyOrigin {
  /** Its subject. */
  readonly subject: string
  readonly date: Day
  /** Its author. */
  readonly by: string
}

/**
 * One answer to the question "who may hot-reset?": a rule that some kernel has, or that was argued over on the list.
 * `inspect` judges the assumed caller by it (`refusalsOf`), `simulate` whoever acts (`simulation/calls/hot-reset.ts`).
 */
export interface Policy extends PolicyFacts {
  /** Shown unless the user names others. */
  readonly isDefault: boolean
  /**
   * Through which interface those come whom the policy decides about; the kernel's own rule stays in force for all
   * others. Of `either` the assumed caller comes through the cdev.
   */
  readonly opened: Interface | 'either'
  /** What the array of VFIO_DEVICE_PCI_HOT_RESET may hold. */
  readonly passed: Passed
  /** What a BIND that claims the dev_set asks of each function in it; null: BIND claims nothing. */
  readonly claims: ((caller: Caller) => Fact) | null
  /** The functions that must be owned. */
  readonly over: Over
  /** The ownership rule: when one of those functions is owned. */
  readonly owned: (caller: Caller) => Fact
  /** Kind of the reason that `simulate` gives for a function that is not owned; `inspect` says who has it. */
  readonly reason: UnownedReason
  readonly needs: NeedsOf
}

/** The interfaces through which VFIO hands out a function: the file of its group, or its device file. */
export type Interface = 'group' | 'cdev'

/**
 * `group-files`: at least one. `nothing`: the array is empty. `any-files`: group files and device files, or nothing.
 */
export type Passed = 'group-files' | 'nothing' | 'any-files'

/**
 * `dev-set`: its members. `groups`: also what vfio has in any group that the reset affects. `affected`: what vfio has
 * of the affected functions, which need not be complete then. `target`: the target alone, since the claim stands for
 * the rest.
 */
export type Over = 'dev-set' | 'groups' | 'affected' | 'target'

export type UnownedReason =
  | 'group-not-owned'
  | 'not-in-context'
  | 'device-not-passed'
  | 'not-singleton'
  | 'not-claimed'

/** No kernel has it: its rule implies a kernel with cdevs, and everything but the rule is as in that kernel. */
export function isHypothetical(policy: PolicyFacts): boolean {
  return policy.implementedSince === null
}
