import type { Observed } from '../host/gap.js'
import type { PciDevice } from '../pci/device.js'
import type { Topology } from '../pci/topology.js'
import type { AliasPeers } from './alias-peers.js'
import type { IsolationRules } from './isolation.js'

/** What the simulation walks over. */
export interface GroupingInput {
  readonly topology: Topology
  readonly rules: IsolationRules
  readonly peers: AliasPeers
  /** In order of registration. */
  readonly order: readonly PciDevice[]
  /** Functions that the IOMMU translates; the others get no group and pull nobody in. */
  readonly participates: (device: PciDevice) => boolean
  /** Functions that the kernel took for single ones, see `findLateFunctions`; last in `order`. */
  readonly late: ReadonlySet<PciDevice>
}

/** How an answer that could not be read is taken: the way that gives the widest groups, or the narrowest. */
export type Assumption = 'widest' | 'narrowest'

/** One run of the simulation. */
export interface GroupingRun extends GroupingInput {
  readonly groupOf: ReadonlyMap<PciDevice, number>
  /** Settles an answer whose `true` narrows groups: isolated, single-function, no alias. */
  readonly narrow: (answer: Observed<boolean>) => boolean
  readonly assumption: Assumption
}

/** Takes unread answers as `assumption` says, and remembers whether there were any. */
export function takeAnswers(assumption: Assumption) {
  let assumed = false
  const narrow = (answer: Observed<boolean>): boolean => {
    if (answer.known) return answer.value
    assumed = true
    return assumption === 'narrowest'
  }
  return { narrow, assumed: () => assumed }
}
