import type { Count } from '../host/scalars.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import type { Matching } from './match-functions.js'

/** How much of two hosts is the same: of one host at two times nearly all, of two machines next to nothing. */
export interface MachineReport {
  /** Functions of the first host. */
  readonly before: Count
  /** Functions of the second host. */
  readonly after: Count
  /** Functions that are the same at the same address. */
  readonly matching: Count
  /** Whether these look like two machines, so that what is gone and what is new says nothing. */
  readonly different: boolean
}

/** Fewer functions than this can all have been exchanged. */
const FEWEST = 6

/** Of one machine more than this share is the same, whatever card was exchanged. */
const SHARE = 0.25

export function compareMachines(
  before: AnalysedHost,
  after: AnalysedHost,
  { pairs }: Matching,
): MachineReport {
  const [was, is] = [before.raw.functions.length, after.raw.functions.length]
  const matching = pairs.filter((pair) => pair.before.address === pair.after.address).length
  const least = Math.min(was, is)
  const different = least >= FEWEST && matching < SHARE * least
  return { before: was, after: is, matching, different }
}
