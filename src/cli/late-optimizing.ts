import { versions } from 'node:process'
import { setFlagsFromString } from 'node:v8'

/**
 * How much byte code a function runs before V8 optimizes it. Ours run once over a few thousand functions: with V8's own 132 KiB
 * the compiler, beside us, takes longer than it saves (docs/bench.md).
 */
const FLAG = '--interrupt-budget=1500000'

/** From V8 12 (Node 22) on calls count instead, and a flag that V8 does not know is told on stderr. */
const HAS_BUDGET = Number.parseInt(versions.v8, 10) < 12

/** Flags with which a process optimizes late. */
export const LATE_OPTIMIZING: readonly string[] = HAS_BUDGET ? [FLAG] : []

/** The same in this process from now on. A code cache is of the flags with which it was made, so it has to be loaded before. */
export function optimizeLate(): void {
  for (const flag of LATE_OPTIMIZING) setFlagsFromString(flag)
}
