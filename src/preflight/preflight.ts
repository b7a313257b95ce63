import type { CheckResult, Preflight, Verdict3, VmPreflight } from './answer.js'
import { checkVm } from './checks/check-vm.js'
import { findCheck } from './checks/find-check.js'
import type { NotFollowed } from './inputs/vm-input.js'
import { findPlan } from './planning/find-plan.js'
import type { PreflightHost, PreflightQuestion } from './question.js'
import { situationOf } from './situation.js'

/**
 * Whether VMs that get exactly these functions will start, and whether they can hot-reset them. Pure; nothing is ever
 * executed.
 */
export function runPreflight(host: PreflightHost, question: PreflightQuestion): Preflight {
  const situation = situationOf(host, question)
  const vms = situation.vms.map((vm): VmPreflight => {
    const bare = checkVm(situation, vm)
    const planFor = question.plans
      ? findPlan({ ...host, question, vm: vm.index, start: situation, checks: bare })
      : () => null
    const failing = bare.filter(({ outcome }) => outcome === 'fail')
    const { notFollowed } = vm.request
    const verdict = (checks: readonly CheckResult[]) => verdictOf(checks, notFollowed)
    return {
      name: vm.request.name,
      functions: [...vm.opened].map(([address, { via, policy }]) => ({
        address,
        via,
        policy: policy.id,
      })),
      checks: bare.map((check) => ({
        ...check,
        plan: check.outcome === 'fail' ? planFor([check]) : null,
      })),
      notFollowed,
      starts: verdict(bare.filter((check) => !isAboutReset(check))),
      resets: verdict(bare.filter(isAboutReset)),
      verdict: verdict(bare),
      plan: failing.length === 0 ? null : planFor(failing),
    }
  })
  return { vms, verdict: worst(vms.map(({ verdict }) => verdict)) }
}

/** Whether a VM starts whatever the check says. */
function isAboutReset({ id, harmless }: CheckResult): boolean {
  return findCheck(id).leavesState || harmless !== null
}

/** A certain failure is one whatever was not read; an open question counts where its answer could be a failure. */
function verdictOf(checks: readonly CheckResult[], notFollowed: readonly NotFollowed[]): Verdict3 {
  if (checks.some(({ outcome }) => outcome === 'fail')) return 'fail'
  // Functions that nobody has named may fail as well.
  if (notFollowed.length > 0) return 'cannot-tell'
  const open = checks.some(({ outcome, decisive }) => outcome === 'cannot-tell' && decisive)
  return open ? 'cannot-tell' : 'pass'
}

/** The verdict on several: a failure is one whatever else is open. */
export function worst(verdicts: readonly Verdict3[]): Verdict3 {
  if (verdicts.includes('fail')) return 'fail'
  return verdicts.includes('cannot-tell') ? 'cannot-tell' : 'pass'
}
