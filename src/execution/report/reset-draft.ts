import { envelope, type Tool } from '../../document/envelope.js'
import { isStated, stated } from '../../document/stated.js'
import { collectGaps } from '../../host/collect-gaps.js'
import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import { hotResetReport, resetReporting } from '../../inspect/hot-reset-report.js'
import type { PciDevice } from '../../pci/device.js'
import type { Topology } from '../../pci/topology.js'
import { kernelPolicy } from '../../policy/find-policy.js'
import type { Interface } from '../../policy/policy.js'
import { judge, resetQuestion } from '../../policy/verdict.js'
import type { SimulatedStep } from '../../simulation/simulated-step.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import { ownReset } from '../../vfio/own-reset.js'
import { allAgree } from '../agreement.js'
import { dangersOf, reachOf } from '../danger.js'
import { vfioNodes } from '../nodes.js'
import type { ResetRun } from '../perform-reset.js'
import { type ResetPlan, resetPlan } from '../reset-plan.js'
import { forecast } from '../verify-scenario.js'
import { plannedCalls } from './reset-calls.js'
import type { AfterReport, ResetAnswerReport, ResetReport } from './reset-document.js'
import { dryRunSummary, outcomeSummary } from './reset-summary.js'

export interface ResetRequest {
  readonly host: AnalysedHost
  readonly target: PciDevice
  readonly via: Interface
  /** Whether `host` is a what-if, in which the target is bound to vfio-pci. */
  readonly isAssumed: boolean
  readonly tool: Tool
}

/** A reset that was thought through and not done: the plan, what each of its steps is predicted to give, the document. */
export interface ResetDraft {
  readonly plan: ResetPlan
  readonly predicted: readonly SimulatedStep[]
  readonly report: ResetReport
}

export function draftReset({
  host: analysed,
  target,
  via,
  isAssumed,
  tool,
}: ResetRequest): ResetDraft {
  const { raw, vfio: host } = analysed
  const plan = resetPlan(host, target, via)
  const { steps: predicted, gaps } = forecastOf(plan, analysed)
  const policy = kernelPolicy(via)
  const query = { policies: [], owning: plan.owning, brief: false }
  const reset = hotResetReport(target, ownReset(host, target), resetReporting(host, query))
  const listOf = (list: typeof reset.affected) => (isStated(list) ? list : [])
  const plannedFacts = {
    nodesOf: vfioNodes(raw),
    predicted,
    affected: listOf(reset.affected),
    unaccounted: listOf(reset.unaccounted),
    isKnown: isStated(reset.affected),
    dmaOwnership: host.kernel.dmaOwnership,
  }
  const prediction = judge(policy, resetQuestion(host, target, plan.owning))
  const reach = reachOf(host, [target.address, ...plan.owning])
  return {
    plan,
    predicted,
    report: {
      ...envelope('reset', analysed, { gaps: [...collectGaps(raw), ...gaps], tool }),
      summary: dryRunSummary(target.address, prediction, isAssumed ? 'as-if-bound' : 'bound'),
      device: target.address,
      assumed: isAssumed ? ['target-bound'] : [],
      via,
      scope: reset.scope,
      bridge: reset.via,
      prediction,
      plan: plannedCalls(plan, plannedFacts),
      affected: reset.affected,
      unaccounted: reset.unaccounted,
      dangers: dangersOf(host, reach),
      executed: false,
      actual: null,
      agrees: null,
      after: null,
    },
  }
}

/** The plan names functions of the host and files of its own: there is nothing wrong with it. */
function forecastOf(
  { scenario }: ResetPlan,
  host: AnalysedHost,
): { readonly steps: readonly SimulatedStep[]; readonly gaps: readonly Gap[] } {
  const predicted = forecast(scenario, host)
  if ('problem' in predicted) throw new Error(predicted.problem)
  return predicted
}

/** The document of a reset that was carried out; `later`: the host after it, null where it was not looked at again. */
export function resetOutcome(
  { report, predicted }: ResetDraft,
  run: ResetRun,
  later: Topology | null,
): ResetReport {
  const actual = actualAnswer(run)
  return {
    ...report,
    summary: outcomeSummary(report.device, actual),
    executed: true,
    actual,
    agrees: allAgree(predicted, run.performed),
    after: later === null ? null : hitBy(report).map((address) => afterOf(address, later)),
  }
}

function actualAnswer({ reset, stopped }: ResetRun): ResetAnswerReport | null {
  if (reset !== null) {
    return { errno: reset.answer.errno, durationMs: reset.durationMs, at: 'hot-reset' }
  }
  if (stopped === null || stopped.why === 'interrupted') return null
  const errno = stopped.why === 'refused' ? stopped.errno : stopped.answer.errno
  return { errno, durationMs: 0, at: stopped.step.do }
}

/** Functions that the reset affects, listed by the kernel or not. */
export function hitBy({ affected, unaccounted }: ResetReport): readonly PciAddress[] {
  return [affected, unaccounted].flatMap((list) => (isStated(list) ? list : []))
}

/** A function that is not there any more, or could not be read, does not answer. */
function afterOf(address: PciAddress, { byAddress }: Topology): AfterReport {
  const device = byAddress.get(address)
  const parent = device?.parent ?? null
  const port = parent === null ? undefined : byAddress.get(parent)
  return {
    address,
    alive: device?.dead.known === true && !device.dead.value,
    link: port === undefined ? null : stated(port.linkActive),
  }
}
