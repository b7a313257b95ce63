import type { RawHost } from '../../src/host/raw-host.js'
import { parseKernelRelease } from '../../src/kernel/kernel-release.js'
import type { InfoForm } from '../../src/simulation/machine.js'
import { parseScenario } from '../../src/simulation/scenario/parse-scenario.js'
import { isScenarioProblem, type PolicyChoice } from '../../src/simulation/scenario/scenario.js'
import { simulate } from '../../src/simulation/simulate.js'
import type { SimulatedStep } from '../../src/simulation/simulated-step.js'
import { analyseHost } from '../../src/vfio/analysed-host.js'
import { buildHost } from './host-builder.js'
import type { HostSpec } from './host-spec.js'
import { loadFiles } from './load-host.js'

/** A step as a scenario file writes it. */
export type StepText = Readonly<Record<string, unknown>> &
  ({ readonly do: string } | { readonly intent: string })

export interface Play {
  readonly steps: readonly StepText[]
  readonly drivers?: Readonly<Record<string, string | null>>
  readonly noiommu?: boolean
  readonly kernel?: string
  readonly policy?: PolicyChoice
  readonly infoForm?: InfoForm
}

/** Plays a scenario on a host that was read. Throws where the tool would end with exit code 2. */
export function playOn(raw: RawHost, file: Play): readonly SimulatedStep[] {
  return playUnder(raw, file, [file.policy ?? 'kernel']).get(file.policy ?? 'kernel') ?? []
}

/** The same under several policies at once. */
export function playUnder<P extends PolicyChoice>(
  raw: RawHost,
  { infoForm = 'kernel', ...file }: Play,
  policies: readonly P[],
): ReadonlyMap<P, readonly SimulatedStep[]> {
  const scenario = parseScenario(JSON.stringify(file, null, 1))
  if (isScenarioProblem(scenario)) throw new Error(`line ${scenario.line}: ${scenario.problem}`)
  const option = file.kernel === undefined ? undefined : parseKernelRelease(file.kernel)
  const host = analyseHost(raw, option)
  const found = simulate({ host, scenario, policies, infoForm })
  if (isScenarioProblem(found)) throw new Error(`line ${found.line}: ${found.problem}`)
  return new Map(policies.map((policy, index) => [policy, found.runs[index]?.steps ?? []]))
}

/** The same on a host from literals. */
export async function play(spec: HostSpec, file: Play): Promise<readonly SimulatedStep[]> {
  return playOn(await loadFiles(buildHost(spec)), file)
}

/** Answers in short: `ok`, an errno, `-` where nothing was called, `?` where it is unknown. */
export function answers(steps: readonly SimulatedStep[]): readonly string[] {
  return steps.map(({ outcome, errno, skipped }) => {
    if (outcome === 'undetermined') return '?'
    if (skipped !== undefined) return '-'
    return errno ?? 'ok'
  })
}

/** The answer to the last step, in short. */
export function ending(steps: readonly SimulatedStep[]): string {
  return answers(steps).at(-1) ?? 'no steps'
}
