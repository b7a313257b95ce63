import { DIAGNOSES, type DiagnosisId } from '../explain/catalogue/diagnosis.js'
import type { Aim } from '../explain/catalogue/diagnosis-kind.js'
import type { ExplainHost } from '../explain/report/explain-report.js'
import type { PciAddress } from '../host/pci-address.js'
import type { HostTree } from '../host/tree/tree.js'
import { planReport, type StepReport } from '../plan/report/document.js'
import { findCheck } from '../preflight/checks/find-check.js'
import { runPreflight } from '../preflight/preflight.js'
import type { PreflightHost, PreflightQuestion, Way } from '../preflight/question.js'
import type { AnalysedHost } from '../vfio/analysed-host.js'
import { preflightHost, requestOfArguments } from './vm-inputs.js'

/** Functions for which a plan is looked for; a log of a whole host names more than anybody reads plans for. */
const PLANNED = 8

/** What `preflight` would do about the functions that messages name, for a VM that gets one of them. */
export function explainPlans(
  tree: HostTree,
  read: AnalysedHost,
  targets: readonly PciAddress[],
): ExplainHost['planFor'] {
  const planned = new Set(targets.slice(0, PLANNED))
  const host = preflightHost(tree, read, [...planned])
  const plans = new Map<string, readonly StepReport[] | null>()
  return (device, { message }) => {
    const { aim } = DIAGNOSES[message.id]
    if (aim === null || !planned.has(device)) return null
    const via = wayOf(message.id)
    const key = `${device} ${via} ${aim}`
    const before = plans.get(key)
    if (before !== undefined) return before
    const plan = planOf(host, device, { via, aim })
    plans.set(key, plan)
    return plan
  }
}

/** Some messages come only from one way in. */
function wayOf(id: DiagnosisId): Way | 'auto' {
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
