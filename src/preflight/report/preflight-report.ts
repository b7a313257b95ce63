import { envelope, type Tool } from '../../document/envelope.js'
import { collectGaps } from '../../host/collect-gaps.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { PlanStyle } from '../../plan/report/commands.js'
import { planReport } from '../../plan/report/document.js'
import type { NoPlanReason } from '../../plan/step.js'
import { groupBy } from '../../text/lists.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { PlannedResult, Preflight, VmPreflight } from '../answer.js'
import type { FormatId } from '../inputs/formats.js'
import type { SkippedDevice } from '../inputs/vm-input.js'
import type { InputReport, PreflightReport, VmReport } from './document.js'
import { tellNotFollowed } from './input-words.js'
import { preflightSummary } from './summary-text.js'

export interface PreflightFacts {
  readonly host: AnalysedHost
  readonly preflight: Preflight
  /** Beside each VM of the answer, where it was described. */
  readonly inputs: readonly InputFacts[]
  readonly style: PlanStyle
  readonly tool: Tool
}

export interface InputFacts {
  readonly file: string | null
  readonly format: FormatId | null
  readonly skipped: readonly SkippedDevice[]
}

export function preflightReport({
  host,
  preflight,
  inputs,
  style,
  tool,
}: PreflightFacts): PreflightReport {
  const { raw } = host
  const vms = preflight.vms.map((vm, index) => vmReport(vm, inputs[index], style))
  const devices = [...new Set(vms.flatMap((vm) => vm.devices))]
  const wanted = new Set(devices)
  const sorted = [
    ...raw.functions.map(({ address }) => address).filter((address) => wanted.has(address)),
    ...devices.filter((address) => !raw.functions.some((each) => each.address === address)),
  ]
  return {
    ...envelope('preflight', host, { gaps: collectGaps(raw), tool }),
    summary: preflightSummary(vms),
    devices: sorted,
    via: common(vms.flatMap(({ functions }) => functions.map(({ via }) => via))),
    checks: vms.flatMap(({ checks }) => checks),
    inputs: inputReports(vms, sorted),
    verdict: preflight.verdict,
    vms,
  }
}

function inputReports(
  vms: readonly VmReport[],
  sorted: readonly PciAddress[],
): readonly InputReport[] {
  return [...groupBy(vms, ({ input }) => input)].flatMap(([file, own]) => {
    const [first] = own
    if (file === null || first === undefined || first.format === null) return []
    return {
      file,
      format: first.format,
      functions: sorted.filter((address) => own.some(({ devices }) => devices.includes(address))),
      notFollowed: [...new Set(own.flatMap((each) => each.notFollowed.map(tellNotFollowed)))],
    }
  })
}

function vmReport(vm: VmPreflight, input: InputFacts | undefined, style: PlanStyle): VmReport {
  const { plan } = vm
  return {
    name: vm.name,
    input: input?.file ?? null,
    format: input?.format ?? null,
    devices: vm.functions.map(({ address }) => address),
    skipped: input === undefined ? [] : input.skipped,
    notFollowed: vm.notFollowed,
    functions: vm.functions,
    via: common(vm.functions.map(({ via }) => via)),
    policy: common(vm.functions.map(({ policy }) => policy)),
    starts: vm.starts,
    resets: vm.resets,
    verdict: vm.verdict,
    checks: vm.checks.map((check) => ({
      ...check,
      plan: planReport(check.plan, style),
      noPlan: noPlanOf(check.plan),
    })),
    plan: planReport(plan, style),
    noPlan: noPlanOf(plan),
    proof: plan?.found === true ? plan.proof : null,
  }
}

/** What all have; null: they differ, or there are none. */
function common<T>(all: readonly T[]): T | null {
  const [first] = all
  return first === undefined || all.some((each) => each !== first) ? null : first
}

function noPlanOf(plan: PlannedResult['plan']): NoPlanReason | null {
  return plan?.found === false ? plan.why : null
}
