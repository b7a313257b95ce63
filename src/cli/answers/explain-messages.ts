import { DIAGNOSES, type DiagnosisId } from '../../explain/catalogue/diagnosis.js'
import type { Aim } from '../../explain/catalogue/diagnosis-kind.js'
import type { LogReading } from '../../explain/log/read-log.js'
import { type ExplainHost, explainReport } from '../../explain/report/explain-report.js'
import { hostPlatform } from '../../explain/report/host-platform.js'
import { functionsNamed, isOfAnotherHost, isOfOtherFunction } from '../../explain/report/named.js'
import { renderExplain } from '../../explain/report/text.js'
import type { PciAddress } from '../../host/pci-address.js'
import type { VmInterface } from '../../host/vm-facts.js'
import { inspectReport } from '../../inspect/inspect-report.js'
import type { KernelRelease } from '../../kernel/kernel-release.js'
import { planReport, type StepReport } from '../../plan/report/document.js'
import { KERNEL_POLICIES } from '../../policy/find-policy.js'
import { findCheck } from '../../preflight/checks/find-check.js'
import { runPreflight } from '../../preflight/preflight.js'
import type { PreflightHost, PreflightQuestion } from '../../preflight/question.js'
import { requestOfArguments } from '../../preflight/requests/vm-requests.js'
import type { Answer, BaseCommand } from '../base-command.js'
import { HostError } from '../errors.js'
import { ExitCode } from '../exit-code.js'
import { type NameFlags, namesFor, withExtent } from '../flags.js'
import type { HostChoice } from '../input/open-host.js'
import { preflightHost } from '../input/vm-inputs.js'
import { TOOL } from '../tool.js'
import { type OpenedHost, withHost } from '../with-host.js'

export interface ExplainAsked {
  readonly reading: LogReading
  readonly flags: HostChoice & NameFlags & { readonly why: boolean }
  readonly kernel: KernelRelease | undefined
}

/** What the messages of a log mean, on the host that they are about. */
export async function explainMessages(command: BaseCommand, asked: ExplainAsked): Promise<Answer> {
  const { reading } = asked
  const { host, isElsewhere } = await lookAtHost(command, asked)
  const report = explainReport({ reading, host, isElsewhere, tool: TOOL })
  return {
    document: () => report,
    text: (terminal) =>
      renderExplain(report, host?.report ?? null, withExtent(terminal, asked.flags.why)),
    exitCode: report.messages.length > 0 ? ExitCode.answered : ExitCode.cannotTell,
  }
}

interface Look {
  readonly host: ExplainHost | null
  /** The log is of another host: its devices are others, or most are missing on this one, which nobody chose. */
  readonly isElsewhere: boolean
}

const NO_HOST: Look = { host: null, isElsewhere: false }

/**
 * Looks at the functions that the messages name. Without a choice of host it is this one, which may be any machine that a log
 * was pasted on: if it cannot be read, or has not what they name, the messages are explained without it.
 */
async function lookAtHost(
  command: BaseCommand,
  { reading, flags, kernel }: ExplainAsked,
): Promise<Look> {
  if (!namesSomething(reading)) return NO_HOST
  const isChosen = flags.root !== undefined || flags.capture !== undefined || flags.demo === true
  try {
    return await withHost(command, { from: flags, kernel, wake: false, holders: true }, (opened) =>
      isOfOtherFunction(reading.messages, opened.host.raw) ||
      (!isChosen && isOfAnotherHost(reading.messages, opened.host.raw))
        ? { host: null, isElsewhere: true }
        : { host: explainHost(command, opened, reading, flags), isElsewhere: false },
    )
  } catch (error) {
    if (isChosen || !(error instanceof HostError)) throw error
    return NO_HOST
  }
}

function namesSomething({ messages }: LogReading): boolean {
  return messages.some(
    ({ message }) => message.devices.length + message.groups.length + message.cdevs.length > 0,
  )
}

function explainHost(
  command: BaseCommand,
  opened: OpenedHost,
  { messages }: LogReading,
  flags: NameFlags,
): ExplainHost {
  const { host } = opened
  const named = functionsNamed(messages, host.raw)
  const targets = [...new Set([...named.values()].flat())]
  const report = inspectReport({
    host,
    targets,
    query: { policies: KERNEL_POLICIES, owning: new Set(), brief: false },
    tool: TOOL,
    names: namesFor(command, flags, host.raw.functions),
  })
  const planFor = explainPlans(opened, targets)
  return { report, named, planFor, platform: hostPlatform(host.raw) }
}

/** Functions for which a plan is looked for; a log of a whole host names more than anybody reads plans for. */
const PLANNED = 8

/** What `preflight` would do about the functions that messages name, for a VM that gets one of them. */
function explainPlans(
  { tree, host }: OpenedHost,
  targets: readonly PciAddress[],
): ExplainHost['planFor'] {
  const planned = targets.slice(0, PLANNED)
  const read = preflightHost(tree, host, [requestOfArguments(planned, 'unmanaged')])
  const plans = new Map<string, readonly StepReport[] | null>()
  return (device, { message }) => {
    const { aim } = DIAGNOSES[message.id]
    if (aim === null || !planned.includes(device)) return null
    const via = interfaceOf(message.id)
    const key = `${device} ${via} ${aim}`
    const before = plans.get(key)
    if (before !== undefined) return before
    const plan = planOf(read, device, { via, aim })
    plans.set(key, plan)
    return plan
  }
}

/** Some messages come only from one way in. */
function interfaceOf(id: DiagnosisId): VmInterface | 'auto' {
  return id === 'foreign-device' || id === 'cdev-bind-failed' || id === 'no-cdev'
    ? 'iommufd'
    : 'auto'
}

interface PlanWish {
  readonly via: PreflightQuestion['via']
  readonly aim: Aim
}

/** The plan for everything that fails; where there is none, that for the first check which the message is about. */
function planOf(
  host: PreflightHost,
  device: PciAddress,
  { via, aim }: PlanWish,
): readonly StepReport[] | null {
  const { vms } = runPreflight(host, {
    vms: [requestOfArguments([device], 'unmanaged')],
    via,
    policy: null,
    withinGroup: false,
    plans: true,
  })
  for (const { checks, plan } of vms) {
    const failing = checks.filter(
      ({ id, outcome }) => outcome === 'fail' && findCheck(id).leavesState === (aim === 'reset'),
    )
    const answers = failing.length === 0 ? [] : [plan, ...failing.map((check) => check.plan)]
    for (const answer of answers) {
      const steps = planReport(answer, 'sysfs')
      if (steps !== null && steps.length > 0) return steps
    }
  }
  return null
}
