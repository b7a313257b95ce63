import { versions } from 'node:process'
import { setFlagsFromString } from 'node:v8'

/**
 * How much byte code a function runs before V8 optimizes it. Ours run once over a few thousand functions: with V8's own 132 KiB
 * the compiler, beside us, takes longer than it saves (docs/bench.md).
 */
const LATER = '--interrupt-budget=1500000'

/** Up to the 2,048 functions that a process works on alone it never pays. */
const NEVER = '--no-opt'

/** From V8 12 (Node 22) on calls count instead, and a flag that V8 does not know is told on stderr. */
const HAS_BUDGET = Number.parseInt(versions.v8, 10) < 12

/** Flags with which a process optimizes late. */
export const LATE_OPTIMIZING: readonly string[] = HAS_BUDGET ? [LATER] : []

/** From now on this process does not optimize. A code cache is of the flags with which it was made, so it has to be loaded before. */
export function stopOptimizing(): void {
  if (HAS_BUDGET) setFlagsFromString(NEVER)
}
