import type { PciAddress } from '../../host/pci-address.js'
import { isKept } from '../../plan/host-use.js'
import type { PlanAnswer, PlanStep, Proof } from '../../plan/step.js'
import { distinct, isSame, remembered } from '../../text/lists.js'
import type { CheckResult } from '../answer.js'
import type { Outcome } from '../checks/check.js'
import { checkVm } from '../checks/check-vm.js'
import { type Situation, situationOf } from '../situation.js'
import { applySteps, isBeyondModel, type Plannable, type Planned } from './apply-steps.js'
import { lossesOf } from './losses.js'
import { isNoPlan, type NoPlan, remediesOf } from './remedies.js'

export interface PlanQuestion extends Plannable {
  /** Index of the VM. */
  readonly vm: number
  /** The host as it is. */
  readonly start: Situation
  /** The VM's checks on it. */
  readonly checks: readonly CheckResult[]
}

/** Rounds in which a remedy may show something else that fails. */
const MOST_ROUNDS = 8

/**
 * Plans for checks that fail: steps that were applied to the model, after which the same checks were made again. Nothing
 * may fail then that did not fail before; what is lost meanwhile is listed with its step. Each step is needed: a plan
 * without it was tried too.
 */
export function findPlan(asked: PlanQuestion): (goal: readonly CheckResult[]) => PlanAnswer {
  const before = new Map(asked.checks.map((check) => [keyOf(check), check]))
  const { start } = asked
  const worlds = new Map<string, World>()
  const worldAfter = (steps: readonly PlanStep[]) =>
    remembered(worlds, JSON.stringify(steps), () =>
      worldOf(applySteps(asked, steps, asked.vm), asked),
    )
  const search: Search = { asked, before, start, worldAfter }
  return (goal) => solve(search, new Set(goal.map(keyOf)))
}

interface Search {
  readonly asked: PlanQuestion
  readonly before: ReadonlyMap<string, CheckResult>
  readonly start: Situation
  readonly worldAfter: (steps: readonly PlanStep[]) => World
}

interface World {
  readonly situation: Situation
  readonly checks: readonly CheckResult[]
}

function worldOf(planned: Planned, { vm, start }: PlanQuestion): World {
  const { fresh, question } = planned
  const { groupCheck, isolationOf } = start
  const situation = situationOf(planned, question, { fresh, groupCheck, isolationOf })
  const own = situation.vms[vm]
  return { situation, checks: own === undefined ? [] : checkVm(situation, own) }
}

function solve(search: Search, goal: ReadonlySet<string>): PlanAnswer {
  let steps: readonly PlanStep[] = []
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const world = search.worldAfter(steps)
    const open = unsolved(world.checks, search, goal)
    if (open.length === 0) return finish(search, goal, steps)
    const found = nextSteps(open, world, search)
    if ('why' in found) return { found: false, ...found }
    const fresh = found.filter((step) => !steps.some((each) => isSame(each, step)))
    const beyond = fresh.filter(isBeyondModel)
    if (beyond.length > 0) return answer(search, beyond, 'ask-again')
    if (fresh.length === 0) return stuck(open)
    steps = [...steps, ...fresh]
  }
  return { found: false, why: 'not-found', at: null }
}

/** What still has to change: the goal, and whatever the steps so far have made worse. */
function unsolved(
  checks: readonly CheckResult[],
  { before }: Search,
  goal: ReadonlySet<string>,
): readonly CheckResult[] {
  return checks.filter((check) => {
    const key = keyOf(check)
    if (goal.has(key)) return isBad(check)
    const earlier = before.get(key)
    return isBad(check) && (earlier === undefined || RANKS[check.outcome] > RANKS[earlier.outcome])
  })
}

const RANKS = { pass: 0, warn: 1, 'cannot-tell': 2, fail: 3 } as const satisfies Record<
  Outcome,
  number
>

function isBad({ outcome, decisive }: CheckResult): boolean {
  return outcome === 'fail' || (outcome === 'cannot-tell' && decisive)
}

function nextSteps(
  open: readonly CheckResult[],
  { situation, checks }: World,
  { asked, start }: Search,
): readonly PlanStep[] | NoPlan {
  const vm = situation.vms[asked.vm]
  if (vm === undefined) return { why: 'not-found', at: null }
  const causes = open.flatMap((check) => [check, ...causesOf(check, checks)])
  const remedies = causes.flatMap((check) => remediesOf({ situation, vm, check }))
  const hopeless = remedies.find(isNoPlan)
  if (hopeless !== undefined) return hopeless
  const steps = remedies.flatMap((remedy) => (isNoPlan(remedy) ? [] : remedy.steps))
  const rival = steps.find((step) => switchesOffGiven(step, start))
  if (rival !== undefined) return { why: 'takes-given', at: rival.device }
  const vital = steps.find((step) => takesVital(step, start))
  if (vital !== undefined) {
    const isKnown = lossesOf(vital, start).some(
      (loss) => loss.kind === 'host-need' && isKept([loss]),
    )
    return { why: isKnown ? 'host-needs' : 'host-may-need', at: vital.device }
  }
  return distinct(steps)
}

/** That nothing resets a function has its reasons in the checks of the hot reset. */
function causesOf(check: CheckResult, checks: readonly CheckResult[]): readonly CheckResult[] {
  if (check.id !== 'reset-at-start') return []
  return checks.filter(
    ({ id, device }) => device === check.device && (id === 'reset-set' || id === 'reset-ownership'),
  )
}

/** No plan switches off VFs that a VM is to get: they would not be there any more. */
function switchesOffGiven(step: PlanStep, { vms }: Situation): boolean {
  return (
    step.do === 'disable-vfs' &&
    step.vfs.some((vf) => vms.some(({ owned, taken }) => owned.has(vf) || taken.has(vf)))
  )
}

/** No plan takes from the host what it goes down or is cut off without. */
function takesVital(step: PlanStep, start: Situation): boolean {
  return isKept(lossesOf(step, start))
}

/** Leaves out what turns out not to be needed, dearest first, and states what the rest costs. */
function finish(search: Search, goal: ReadonlySet<string>, steps: readonly PlanStep[]): PlanAnswer {
  let kept = steps
  for (const step of [...steps].reverse()) {
    const without = kept.filter((each) => each !== step)
    if (without.length === 0 || isPrepared(step, without)) continue
    const { checks } = search.worldAfter(without)
    if (unsolved(checks, search, goal).length === 0) kept = without
  }
  return answer(search, kept, 'passes')
}

/**
 * The model lets VFs go with their PF's driver, and out of anybody's hands; real drivers differ, so they are freed and
 * switched off first.
 */
function isPrepared(step: PlanStep, others: readonly PlanStep[]): boolean {
  if (step.do === 'disable-vfs') {
    return others.some((each) => each.do === 'bind' && each.device === step.device)
  }
  return (
    step.do === 'end-holder' &&
    others.some((each) => each.do === 'disable-vfs' && each.vfs.includes(step.device))
  )
}

function answer({ start }: Search, steps: readonly PlanStep[], proof: Proof): PlanAnswer {
  const planned = steps.map((step) => ({ step, losses: lossesOf(step, start) }))
  return { found: true, steps: planned, proof }
}

function stuck(open: readonly CheckResult[]): PlanAnswer {
  const unread = open.find(({ outcome }) => outcome === 'cannot-tell')
  return {
    found: false,
    why: unread === undefined ? 'not-found' : 'unread',
    at: firstAddress(open),
  }
}

function firstAddress([first]: readonly CheckResult[]): PciAddress | null {
  return first?.device ?? null
}

function keyOf({ id, device }: CheckResult): string {
  return `${id} ${device}`
}
