import type { PciAddress } from '../host/pci-address.js'
import type { Scenario, Step } from '../simulation/scenario/scenario.js'
import type { KernelCalls } from '../uapi/kernel-calls.js'
import { vfioFiles } from '../uapi/vfio-files.js'
import type { VfioNodes } from './nodes.js'
import { openFiles } from './open-files.js'
import { type Actors, performStep } from './perform-step.js'
import type { PerformedStep } from './performed-step.js'

/** Where a scenario is performed, and who looks on. */
export interface Stage {
  readonly kernel: KernelCalls
  readonly nodesOf: (address: PciAddress) => VfioNodes
  /** Asked before each step, with the answers so far: whether it is to be taken. A no ends the performance. */
  readonly goesOn: (step: Step, performed: readonly PerformedStep[]) => boolean
  /** Told each answer when it is there. */
  readonly onAnswer?: (step: Step, answer: PerformedStep) => void
}

/**
 * Performs a scenario with real calls, all actors in this process, and closes every file on every path. There are fewer
 * answers than steps when it was ended early.
 */
export async function performScenario(
  { steps }: Scenario<Step>,
  { kernel, nodesOf, goesOn, onAnswer }: Stage,
): Promise<readonly PerformedStep[]> {
  const files = openFiles(kernel)
  const actors: Actors = {
    kernel,
    nodesOf,
    files,
    vfio: vfioFiles(kernel),
    containers: new Map(),
    iommuTypes: new Map(),
  }
  const performed: PerformedStep[] = []
  try {
    for (const step of steps) {
      if (!goesOn(step, performed)) break
      const answer = await performStep(actors, step)
      performed.push(answer)
      onAnswer?.(step, answer)
    }
    return performed
  } finally {
    await files.closeAll()
  }
}
