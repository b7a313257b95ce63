import { SCHEMA_VERSION, type Tool } from '../../document/envelope.js'
import { stated } from '../../document/stated.js'
import { type Source, type Stated, sourceReport } from '../../document/values.js'
import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { GroupNumber } from '../../host/scalars.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { InfoForm } from '../machine.js'
import type { PolicyChoice } from '../scenario/scenario.js'
import type { SimulatedRun, Simulation } from '../simulate.js'
import type { SimulatedStep } from '../simulated-step.js'

/** `simulate --json` (`docs/reference/documents.md#simulate`). */
export type SimulateReport = SimulateOneReport | SimulateAllReport

interface SimulateEnvelope {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly kind: 'simulate'
  readonly tool: Tool
  readonly source: Source
  readonly gaps: readonly Gap[]
  readonly kernelRelease: string
  /** How INFO answered. */
  readonly infoForm: InfoForm
  /** The functions of the scenario: their groups, and what a hot reset of each hits. */
  readonly functions: readonly CastReport[]
}

/** `CastMember`, with what is not known said as such. */
export interface CastReport {
  readonly address: PciAddress
  readonly group: Stated<GroupNumber | null>
  readonly affected: Stated<readonly PciAddress[]>
}

export interface SimulateOneReport extends SimulateEnvelope {
  readonly policy: PolicyChoice
  readonly steps: readonly SimulatedStep[]
}

/** `--policy all`: one run a policy. */
export interface SimulateAllReport extends SimulateEnvelope {
  readonly policy: 'all'
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
  const envelope: SimulateEnvelope = {
    schemaVersion: SCHEMA_VERSION,
    kind: 'simulate',
    tool,
    source: sourceReport(host),
    gaps: simulation.gaps,
    kernelRelease: host.kernel.release.text,
    infoForm,
    functions: simulation.cast.map(({ address, group, affected }) => ({
      address,
      group: stated(group),
      affected: stated(affected),
    })),
  }
  const { runs } = simulation
  if (policy === 'all') return { ...envelope, policy, runs }
  return { ...envelope, policy, steps: runs.flatMap(({ steps }) => steps) }
}

/** Every step of every run. */
export function stepsOf(report: SimulateReport): readonly SimulatedStep[] {
  return 'runs' in report ? report.runs.flatMap(({ steps }) => steps) : report.steps
}
