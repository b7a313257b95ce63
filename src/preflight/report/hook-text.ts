import { vmName } from '../../plan/report/step-words.js'
import { counted, upperFirst } from '../../text/english.js'
import type { CheckResult, Preflight, Verdict3, VmPreflight } from '../answer.js'
import { worst } from '../preflight.js'
import { tellPreflight } from './check-words.js'
import { tellNotFollowed } from './input-words.js'

/** What a hook makes of a preflight. */
export interface HookOpinion {
  readonly verdict: Verdict3
  /** Lines for the log, not escaped; none where all is well. */
  readonly lines: readonly string[]
}

/** How much a hook refuses. */
export interface HookTaste {
  /** Only what keeps the VM from starting; an impossible reset is reported, and lets the VM start. */
  readonly onlyStart: boolean
}

/** Facts that are told of one VM: libvirt puts them all into one error message. */
const FACTS = 6

/** What a hook decides and says. A VM whose functions cannot be reset gets the state of their last user. */
export function hookOpinion(preflight: Preflight, { onlyStart }: HookTaste): HookOpinion {
  const verdicts = preflight.vms.map((vm) => (onlyStart ? vm.starts : vm.verdict))
  return {
    verdict: worst(verdicts),
    lines: preflight.vms.flatMap((vm, place) => vmLines(vm, verdicts[place] ?? vm.verdict)),
  }
}

function vmLines(vm: VmPreflight, verdict: Verdict3): readonly string[] {
  const failing = factsOf(vm.checks.filter(({ outcome }) => outcome === 'fail'))
  const open = [
    ...vm.notFollowed.map(tellNotFollowed),
    ...factsOf(vm.checks.filter(({ outcome, decisive }) => outcome === 'cannot-tell' && decisive)),
  ]
  const name = upperFirst(vmName(vm.name))
  const summary = `${name} ${resultText(vm, verdict)}`
  if (failing.length > 0) return [`${summary}:`, ...firstFacts(failing)]
  return open.length > 0 ? [`${summary}:`, ...firstFacts(open)] : []
}

function resultText({ starts }: VmPreflight, verdict: Verdict3): string {
  if (verdict === 'cannot-tell') return 'may or may not come up as it should'
  if (starts === 'fail') return 'cannot start'
  return verdict === 'fail'
    ? 'would start with functions that nothing resets'
    : 'starts, but with functions that nothing resets'
}

function factsOf(checks: readonly CheckResult[]): readonly string[] {
  return [
    ...new Set(
      checks.flatMap(({ device, reasons }) => {
        const told = reasons.map((reason) => tellPreflight(reason).sentence)
        return told.length === 0 ? [`${device} fails a check.`] : told
      }),
    ),
  ]
}

function firstFacts(facts: readonly string[]): readonly string[] {
  const more = facts.length - FACTS
  return more > 0 ? [...facts.slice(0, FACTS), `… and ${counted(more, 'more fact')}.`] : facts
}
