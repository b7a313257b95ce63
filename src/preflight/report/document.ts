import { SCHEMA_VERSION, type Tool } from '../../document/envelope.js'
import { type DeviceName, type Source, sourceReport } from '../../document/values.js'
import { collectGaps } from '../../host/collect-gaps.js'
import type { Gap } from '../../host/gap.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { Way } from '../../host/vm-facts.js'
import type { PlanStyle } from '../../plan/report/commands.js'
import { planReport, type StepReport } from '../../plan/report/document.js'
import type { NoPlanReason } from '../../plan/step.js'
import type { PolicyId } from '../../policy/policies/index.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type { CheckResult, PlannedResult, Preflight, Verdict3, VmPreflight } from '../answer.js'
import type { SkippedDevice } from '../inputs/vm-input.js'

/** `preflight --json` (`docs/reference/documents.md#preflight`). */
export interface PreflightReport {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly kind: 'preflight'
  readonly tool: Tool
  readonly source: Source
  readonly gaps: readonly Gap[]
  /** All functions of all VMs, each once. */
  readonly devices: readonly PciAddress[]
  /** The way in of the first VM; each VM states its own. null: there is none. */
  readonly via: Way | null
  readonly checks: readonly CheckReport[]
  readonly verdict: Verdict3
  readonly vms: readonly VmReport[]
}

export interface CheckReport extends CheckResult {
  readonly plan: readonly StepReport[] | null
  /** Why a failed check has no plan. */
  readonly noPlan: NoPlanReason | null
}

/** One VM; its checks are those of `checks` that name it. */
export interface VmReport {
  readonly name: string | null
  /** The file that describes it; null: the functions were named on the command line. */
  readonly input: string | null
  readonly devices: readonly PciAddress[]
  readonly skipped: readonly SkippedDevice[]
  readonly via: Way
  readonly policy: PolicyId
  readonly starts: Verdict3
  readonly resets: Verdict3
  readonly verdict: Verdict3
  readonly checks: readonly CheckReport[]
  /** One plan for all that fails. */
  readonly plan: readonly StepReport[] | null
  readonly noPlan: NoPlanReason | null
  /** Whether the same checks pass after the plan, or the host must be asked again after a reboot. */
  readonly proof: 'passes' | 'ask-again' | null
}

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
  readonly skipped: readonly SkippedDevice[]
}

/** What people need besides the document: names from the reader's own list. */
export type FunctionNames = ReadonlyMap<PciAddress, DeviceName>

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
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'preflight',
    tool,
    source: sourceReport(host),
    gaps: collectGaps(raw),
    devices: [
      ...raw.functions.map(({ address }) => address).filter((address) => wanted.has(address)),
      ...devices.filter((address) => !raw.functions.some((each) => each.address === address)),
    ],
    via: vms[0]?.via ?? null,
    checks: vms.flatMap(({ checks }) => checks),
    verdict: preflight.verdict,
    vms,
  }
}

function vmReport(vm: VmPreflight, input: InputFacts | undefined, style: PlanStyle): VmReport {
  const { plan } = vm
  return {
    name: vm.name,
    input: input?.file ?? null,
    devices: vm.functions,
    skipped: input === undefined ? [] : input.skipped,
    via: vm.way,
    policy: vm.policy,
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

function noPlanOf(plan: PlannedResult['plan']): NoPlanReason | null {
  return plan?.found === false ? plan.why : null
}
