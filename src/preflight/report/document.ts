import type { Envelope } from '../../document/envelope.js'
import type { DeviceName } from '../../document/values.js'
import type { PciAddress, PciAddresses } from '../../host/pci-address.js'
import type { VmInterface } from '../../host/vm-facts.js'
import type { StepReport } from '../../plan/report/document.js'
import type { NoPlanReason, Proof, VmName } from '../../plan/step.js'
import type { PolicyId } from '../../policy/policies/index.js'
import type { CheckResult, OpenedFunction, Verdict3 } from '../answer.js'
import type { FormatId } from '../inputs/formats.js'
import type { NotFollowed, SkippedDevice } from '../inputs/vm-input.js'

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

/** What people need besides the document: names from the reader's own list. */
export type FunctionNames = ReadonlyMap<PciAddress, DeviceName>
