import { type Envelope, envelope, type Tool } from '../../document/envelope.js'
import { stated } from '../../document/stated.js'
import type { Stated } from '../../document/values.js'
import type { PciAddress, PciAddresses } from '../../host/pci-address.js'
import type { GroupNumber } from '../../host/scalars.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { InfoForm } from '../machine.js'
import type { PolicyChoice } from '../scenario/scenario.js'
import type { SimulatedRun, Simulation } from '../simulate.js'
import type { SimulatedStep } from '../simulated-step.js'
import { runsSummary, stepsSummary } from './summary-text.js'

/** What VFIO answers to each step of a scenario, on a host that only exists in memory. */
export type SimulateReport = SimulateOneReport | SimulateAllReport

interface SimulateEnvelope extends Envelope<'simulate'> {
  /** Release whose rules answer, as in `source`. */
  readonly kernelRelease: string
  readonly infoForm: InfoForm
  /** The functions that the scenario names. */
  readonly functions: readonly CastReport[]
}

/** A function that the scenario names. */
export interface CastReport {
  readonly address: PciAddress
  /** Its IOMMU group with the scenario's bind state; null: it has none. */
  readonly group: Stated<GroupNumber | null>
  /** Functions that a hot reset of it affects; empty: there is no such reset. */
  readonly affected: Stated<PciAddresses>
}

/** The steps under one policy. */
export interface SimulateOneReport extends SimulateEnvelope {
  readonly policy: PolicyChoice
  /** One for each step of the scenario, in its order. */
  readonly steps: readonly SimulatedStep[]
}

/** `--policy all`: the steps under each policy. */
export interface SimulateAllReport extends SimulateEnvelope {
  /** That every policy was asked. */
  readonly policy: 'all'
  /** One run for each policy. */
  readonly runs: readonly SimulatedRun[]
}

export interface SimulateFacts {
  readonly host: AnalysedHost
  readonly policy: PolicyChoice | 'all'
  readonly infoForm: InfoForm
  readonly simulation: Simulation
  readonly tool: Tool
}

export function simulateReport({
  host,
  policy,
  infoForm,
  simulation,
  tool,
}: SimulateFacts): SimulateReport {
  const { runs } = simulation
  const common: SimulateEnvelope = {
    ...envelope('simulate', host, { gaps: simulation.gaps, tool }),
    summary:
      policy === 'all' ? runsSummary(runs) : stepsSummary(runs.flatMap(({ steps }) => steps)),
    kernelRelease: host.kernel.release.text,
    infoForm,
    functions: simulation.cast.map(({ address, group, affected }) => ({
      address,
      group: stated(group),
      affected: stated(affected),
    })),
  }
  if (policy === 'all') return { ...common, policy, runs }
  return { ...common, policy, steps: runs.flatMap(({ steps }) => steps) }
}

/** Every step of every run. */
export function stepsOf(report: SimulateReport): readonly SimulatedStep[] {
  return 'runs' in report ? report.runs.flatMap(({ steps }) => steps) : report.steps
}
