import { vfioNodes } from '../../src/execution/nodes.js'
import { performScenario } from '../../src/execution/perform-scenario.js'
import type { PerformedStep } from '../../src/execution/performed-step.js'
import type { PciAddress } from '../../src/host/pci-address.js'
import { parseScenario } from '../../src/simulation/scenario/parse-scenario.js'
import { callsAlone, isScenarioProblem } from '../../src/simulation/scenario/scenario.js'
import type { FakeKernel } from './fake-kernel.js'
import { buildHost } from './host-builder.js'
import type { HostSpec } from './host-spec.js'
import { loadFiles } from './load-host.js'
import type { StepText } from './play.js'

/** Performs steps on a fake kernel, on the nodes of a host from literals. */
export async function perform(
  kernel: FakeKernel,
  host: HostSpec,
  steps: readonly StepText[],
): Promise<readonly PerformedStep[]> {
  const parsed = parseScenario(
    JSON.stringify({ steps: steps.map((step) => ({ actor: 'a', ...step })) }),
  )
  const scenario = isScenarioProblem(parsed) ? parsed : callsAlone(parsed)
  if (isScenarioProblem(scenario)) throw new Error(`line ${scenario.line}: ${scenario.problem}`)
  const nodes = vfioNodes(await loadFiles(buildHost(host)))
  const nodesOf = (address: PciAddress) => nodes(address)
  return performScenario(scenario, { kernel: kernel.calls, nodesOf, goesOn: () => true })
}
