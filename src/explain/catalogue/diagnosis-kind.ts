import type { CauseKind, KernelCall } from './kernel-call.js'

/** When a diagnosis matters to somebody who wants the VM to run. */
export type Weight =
  /** Whatever was asked for did not happen. */
  | 'fatal'
  /** Nothing is wrong. */
  | 'harmless'
  /** A hot reset was refused: that matters unless the function has a reset of its own which is used instead. */
  | 'unless-own-reset'
  /** A reset through sysfs was refused: that matters unless VFIO can hot-reset the function later. */
  | 'unless-hot-reset'
  /** The text alone does not tell, nor does the state of the host. */
  | 'cannot-tell'

/** What a plan has to bring about so that the message does not come again. */
export type Aim =
  /** A VM with the function starts. */
  | 'start'
  /** Whoever has the function can hot-reset it. */
  | 'reset'

/** What somebody notices who meets the message: the symptom, and the first thing to say. */
export type Effect =
  | 'no-start'
  | 'vm-stops'
  | 'fails-inside'
  | 'old-state'
  | 'gone'
  | 'removed'
  | 'vfs-gone'
  | 'waits'
  | 'stalls'
  | 'blocked'
  | 'not-bound'
  | 'no-driver'
  | 'undone'
  | 'less-safe'
  | 'no-iommu'
  | 'harmless'

/** What a diagnosis rests on, apart from its words. */
export interface Diagnosis {
  readonly weight: Weight
  readonly effect: Effect
  /** null: neither binding nor owning has to do with it. */
  readonly aim: Aim | null
  /** Causes that can be told apart on the host; those of a call's errno come from `CAUSES`. */
  readonly causes: readonly CauseKind[]
  /** The call that was refused where no message names it. */
  readonly call: KernelCall | null
}

/** Diagnoses by the names that their words go by too. */
export type Diagnoses = Readonly<Record<string, Diagnosis>>

const BARE = { aim: null, causes: [], call: null } as const

/** Somebody who meets it has that trouble. */
export function fatal(effect: Effect): Diagnosis {
  return { ...BARE, weight: 'fatal', effect }
}

/** It may be that trouble, or none. */
export function untold(effect: Effect): Diagnosis {
  return { ...BARE, weight: 'cannot-tell', effect }
}

export const NO_START: Diagnosis = { ...fatal('no-start'), aim: 'start' }
export const HARMLESS: Diagnosis = { ...BARE, weight: 'harmless', effect: 'harmless' }
/** A hot reset was refused. */
export const REFUSED: Diagnosis = {
  ...BARE,
  weight: 'unless-own-reset',
  effect: 'old-state',
  aim: 'reset',
}
