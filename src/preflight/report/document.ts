import { type Envelope, envelope, type Tool } from '../../document/envelope.js'
import type { DeviceName } from '../../document/values.js'
import { collectGaps } from '../../host/collect-gaps.js'
import type { PciAddress, PciAddresses } from '../../host/pci-address.js'
import type { VmInterface } from '../../host/vm-facts.js'
import type { PlanStyle } from '../../plan/report/commands.js'
import { planReport, type StepReport } from '../../plan/report/document.js'
import type { NoPlanReason, Proof, VmName } from '../../plan/step.js'
import type { PolicyId } from '../../policy/policies/index.js'
import { groupBy } from '../../text/lists.js'
import type { AnalysedHost } from '../../vfio/analysed-host.js'
import type {
  CheckResult,
  OpenedFunction,
  PlannedResult,
  Preflight,
  Verdict3,
  VmPreflight,
} from '../answer.js'
import type { FormatId } from '../inputs/formats.js'
import type { NotFollowed, SkippedDevice } from '../inputs/vm-input.js'
import { tellNotFollowed } from './input-words.js'

/** Whether VMs would get their functions and could reset them, what stands in the way, and what to do about it. */
export interface PreflightReport extends Envelope<'preflight'> {
  /** All functions of all VMs. */
  readonly devices: PciAddresses
  /** The interface through which all functions are opened; null: they differ, or there are none. */
  readonly via: VmInterface | null
  /** The checks of all VMs, one after the other. */
  readonly checks: readonly CheckReport[]
  /** The files that describe the VMs, in the order in which they were given; one VM may take several entries of `vms`. */
  readonly inputs: readonly InputReport[]
  /** Whether all VMs start, with functions that keep nothing of their last user: the worst of their verdicts. */
  readonly verdict: Verdict3
  /** The VMs, in the order in which they were given. */
  readonly vms: readonly VmReport[]
}

/** What one check found of one function. */
export interface CheckReport extends CheckResult {
  /** What turns a `fail` into a pass; null: nothing to do, nothing helps (`noPlan`), or plans were not asked for. */
  readonly plan: readonly StepReport[] | null
  /** Why a failed check has no plan; null: it has one, or plans were not asked for. */
  readonly noPlan: NoPlanReason | null
}

/** One file that describes VMs. */
export interface InputReport {
  /** `-` is standard input. */
  readonly file: string
  /** Its format, as it was recognised or as the flag says that names it. */
  readonly format: FormatId
  /** All functions that the VMs of the file get. */
  readonly functions: PciAddresses
  /** What may give those VMs further functions, in sentences. */
  readonly notFollowed: readonly string[]
}

/** One VM: what it gets, and whether it starts and gets it clean. */
export interface VmReport {
  readonly name: VmName
  /** The file that describes it; null: the functions were named on the command line. */
  readonly input: string | null
  /** The format of that file; null: the functions were named on the command line. */
  readonly format: FormatId | null
  /** Functions that it gets, in the order of the input. */
  readonly devices: readonly PciAddress[]
  /** Devices of the input that are no PCI functions. */
  readonly skipped: readonly SkippedDevice[]
  /** What may give it further functions, and does not say which: the verdict is `cannot-tell` at best. */
  readonly notFollowed: readonly NotFollowed[]
  /** The functions of `devices`, each with the interface through which it is opened and the policy that judges its hot reset. */
  readonly functions: readonly OpenedFunction[]
  /** The interface through which it opens all of them; null: they differ, or there are none. */
  readonly via: VmInterface | null
  /** The policy by which all of its hot resets are judged; null: they differ, or there are none. */
  readonly policy: PolicyId | null
  /** Whether it gets all its functions. */
  readonly starts: Verdict3
  /** Whether its functions come to it clean: the checks that are about resets. */
  readonly resets: Verdict3
  /** `starts` and `resets` together: `fail` if one of them fails for certain. */
  readonly verdict: Verdict3
  /** The checks of the document that are about this VM. */
  readonly checks: readonly CheckReport[]
  /** One plan for everything that fails; null: nothing fails, nothing helps (`noPlan`), or plans were not asked for. */
  readonly plan: readonly StepReport[] | null
  /** Why there is no plan although something fails; null: there is one, nothing fails, or plans were not asked for. */
  readonly noPlan: NoPlanReason | null
  /** What the checks say after the plan, applied to the host in memory; null: there is no plan. */
  readonly proof: Proof | null
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
  readonly format: FormatId | null
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
  const sorted = [
    ...raw.functions.map(({ address }) => address).filter((address) => wanted.has(address)),
    ...devices.filter((address) => !raw.functions.some((each) => each.address === address)),
  ]
  return {
    ...envelope('preflight', host, { gaps: collectGaps(raw), tool }),
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
