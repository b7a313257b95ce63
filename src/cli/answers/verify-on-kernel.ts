import { type Footing, footingOf } from '../../execution/changes.js'
import { dangersOf, reachOf } from '../../execution/danger.js'
import { touchedText } from '../../execution/report/danger-text.js'
import { verifyReport } from '../../execution/report/verify-document.js'
import { renderVerify } from '../../execution/report/verify-text.js'
import { type Forecast, forecast, verifyScenario } from '../../execution/verify-scenario.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { HostTree } from '../../host/tree/tree.js'
import { policyOf } from '../../policy/find-policy.js'
import { isHypothetical } from '../../policy/policy.js'
import {
  callsAlone,
  isScenarioProblem,
  type Scenario,
  type Step,
} from '../../simulation/scenario/scenario.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { Answer } from '../base-command.js'
import { HostError, UsageError } from '../errors.js'
import { ExitCode } from '../exit-code.js'
import { readScenario, scenarioError } from '../input/read-scenario.js'
import type { LiveCommand } from '../live-command.js'
import { refuseDanger, requireVfio } from '../output/permission.js'
import { TOOL } from '../tool.js'
import { withHost } from '../with-host.js'
import { checkBindState } from './check-bind-state.js'
import { isStillAllowed } from './still-allowed.js'

/** `verify` of the scenario in a file, once somebody allowed it. */
export async function verifyOnKernel(
  command: LiveCommand,
  file: string,
  { yes }: { readonly yes: boolean },
): Promise<Answer> {
  const scenario = callsAlone(readScenario(file))
  if (isScenarioProblem(scenario)) throw scenarioError(file, scenario)
  checkPolicy(file, scenario)
  const touched = new Set(scenario.steps.flatMap((step) => ('device' in step ? step.device : [])))
  const look = () => plan(command, file, { scenario, touched })
  for (;;) {
    const planned = await look()
    await command.say(touchedText(touched, command.terminal()))
    const deed = 'a scenario opens and resets functions of this host'
    const isAllowed = await isStillAllowed(command, planned.footing, {
      confirmation: { word: 'verify', yes, deed },
      lookAgain: async () => (await look()).footing,
    })
    if (isAllowed) return carryOut(command, scenario, planned)
  }
}

/** A scenario that was thought through, and the host on which it was. */
interface PlannedScenario {
  readonly host: AnalysedHost
  readonly predicted: Forecast
  readonly footing: Footing
}

interface Touching {
  readonly scenario: Scenario<Step>
  /** Functions that its steps name. */
  readonly touched: ReadonlySet<PciAddress>
}

/** Reads the host and predicts; throws where the scenario must not be carried out on it. */
function plan(
  command: LiveCommand,
  file: string,
  { scenario, touched }: Touching,
): Promise<PlannedScenario> {
  const check = (tree: HostTree) => requireVfio(tree, command.machine, `verify ${file}`)
  const from = command.machine.openLiveHost
  return withHost(command, { from, check, wake: true, holders: true }, ({ host }) => {
    const { raw, vfio } = host
    const predicted = forecast(scenario, host)
    if ('problem' in predicted) throw scenarioError(file, predicted)
    checkBindState(file, scenario, raw)
    const reached = reachOf(vfio, touched)
    // A count that `enable` was left with is no reason: a scenario may be about opening what is open.
    const dangers = dangersOf(vfio, reached).filter(({ kind }) => kind !== 'open')
    refuseDanger(dangers)
    const footing = footingOf(raw, reached, { dangers, calls: predicted.steps })
    return { host, predicted, footing }
  })
}

async function carryOut(
  command: LiveCommand,
  scenario: Scenario<Step>,
  { host, predicted }: PlannedScenario,
): Promise<Answer> {
  const total = predicted.steps.length
  const notice = 'stopping after the call that is in the kernel now.'
  const steps = await command.withKernel(notice, (lent) =>
    verifyScenario(scenario, predicted.steps, { raw: host.raw, ...lent }),
  )
  if (steps.length < total) {
    throw new HostError(
      `Interrupted after ${steps.length} of ${total} steps; every file is closed again.`,
    )
  }
  const report = verifyReport({ host, steps, gaps: predicted.gaps, tool: TOOL })
  const { agreed } = report.agreement
  return {
    document: () => report,
    text: (terminal) => renderVerify(report, scenario, terminal),
    exitCode: agreed === total ? ExitCode.answered : ExitCode.contradicted,
  }
}

/** A kernel is asked, so rules that no kernel has cannot be verified. */
function checkPolicy(file: string, { policy }: Scenario): void {
  if (policy === null || policy === 'kernel' || !isHypothetical(policyOf(policy))) return
  throw new UsageError(`The scenario ${file} asks for the policy ${policy}, which no kernel has.`, {
    path: file,
    hint: `Leave "policy" out, or ask \`${TOOL.name} simulate\`.`,
  })
}
