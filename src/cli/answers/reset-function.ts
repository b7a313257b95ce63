import { type Footing, footingOf } from '../../execution/changes.js'
import { performReset, type ResetRun } from '../../execution/perform-reset.js'
import type { ResetReport } from '../../execution/report/reset-document.js'
import {
  draftReset,
  hitBy,
  type ResetDraft,
  resetOutcome,
} from '../../execution/report/reset-draft.js'
import { renderReset, renderResetPlan } from '../../execution/report/reset-text.js'
import type { RawHost } from '../../host/raw-host.js'
import type { HostTree } from '../../host/tree/tree.js'
import type { Topology } from '../../pci/topology.js'
import { describeFunctions } from '../../preflight/report/text.js'
import { type Printable, printableSentences } from '../../text/printable.js'
import type { Answer } from '../base-command.js'
import { HostError, UsageError } from '../errors.js'
import { exitCodeForReset, worstExitCode } from '../exit-code.js'
import { checkKernel, type HostFlags, namesToFind, withExtent } from '../flags.js'
import { findDevices } from '../input/find-devices.js'
import type { LiveCommand } from '../live-command.js'
import { type Objection, objectionsTo, requireVfio } from '../output/permission.js'
import { TOOL } from '../tool.js'
import { withHost } from '../with-host.js'
import {
  asIfBound,
  checkBound,
  type INTERFACES,
  interfaceFor,
  resetTarget,
} from './reset-target.js'
import { isStillAllowed } from './still-allowed.js'

export interface ResetAsked extends HostFlags {
  readonly device: string
  readonly execute: boolean
  readonly yes: boolean
  readonly force: boolean
  readonly why: boolean
  readonly via: (typeof INTERFACES)[number]
}

/** A reset that was thought through, and the host on which it was. */
interface PlannedReset {
  readonly raw: RawHost
  readonly draft: ResetDraft
}

/** Says what a hot reset of the function would do; with `execute` does it, once nothing speaks against it and somebody allowed it. */
export async function resetFunction(command: LiveCommand, asked: ResetAsked): Promise<Answer> {
  checkAsked(asked)
  let planned = await plan(command, asked)
  for (;;) {
    const refused = refusal(planned.draft.report, asked)
    if (refused !== null) return refused
    const isAllowed = await allow(command, planned, asked)
    if (isAllowed) return answerOf(await carryOut(command, planned, asked), asked)
    planned = await plan(command, asked)
  }
}

/** A copy is thought about, and only the running host is reset. */
function checkAsked({ execute, root, capture, demo, kernel }: ResetAsked): void {
  const isElsewhere = (root !== undefined && root !== '/') || capture !== undefined || demo === true
  if (execute && (isElsewhere || kernel !== undefined)) {
    throw new UsageError('--execute resets a function of the running host, and of no other.', {
      hint: 'Leave out --root, --capture, --demo and --kernel, or leave out --execute.',
    })
  }
}

/** The answer that stands in place of a reset; null: nothing speaks against it. */
function refusal(report: ResetReport, asked: ResetAsked): Answer | null {
  const { device, execute, force } = asked
  const objections = execute ? objectionsTo(report) : []
  const standing = objections.filter(({ canBeForced }) => !(canBeForced && force))
  if (execute && standing.length === 0) return null
  const codes = standing.map(({ exitCode }) => exitCode)
  return {
    ...answerOf(report, asked),
    aside: refusalText(standing, device),
    exitCode: worstExitCode([...codes, exitCodeForReset(report)]),
  }
}

/** Shows the plan and asks; false: the host changed while the person thought. Throws where it was not allowed. */
async function allow(
  command: LiveCommand,
  planned: PlannedReset,
  asked: ResetAsked,
): Promise<boolean> {
  const { report, plan: shown } = planned.draft
  await command.say(renderResetPlan(report, command.terminal()))
  for (const { text } of objectionsTo(report))
    await command.say(printableSentences(`FORCED in spite of this: ${text}`))
  const deed = `a hot reset of ${shown.target} clears the state of functions`
  return isStillAllowed(command, footing(planned), {
    confirmation: { word: shown.target, yes: asked.yes, deed },
    lookAgain: async () => footing(await plan(command, asked)),
  })
}

/** The functions that are opened or reset, and why they should not be. */
function footing({ raw, draft }: PlannedReset): Footing {
  const { dangers, plan: calls, prediction } = draft.report
  const reached = new Set<string>([draft.plan.target, ...draft.plan.owning, ...hitBy(draft.report)])
  return footingOf(raw, reached, { dangers, calls: [calls, prediction] })
}

function answerOf(report: ResetReport, { why }: Pick<ResetAsked, 'why'>): Answer {
  return {
    document: () => report,
    text: (terminal) => renderReset(report, withExtent(terminal, why)),
    exitCode: exitCodeForReset(report),
  }
}

function plan(command: LiveCommand, asked: ResetAsked): Promise<PlannedReset> {
  const { device, execute, via, root, capture, demo } = asked
  const isLive = root === undefined && capture === undefined && demo !== true
  const wish = {
    from: isLive ? command.machine.openLiveHost : { root, capture, demo },
    kernel: checkKernel(asked.kernel),
    // Without vfio no function is bound to vfio-pci, which the target's own error tells better.
    check: (tree: HostTree) => {
      if (execute) requireVfio(tree, command.machine, `reset ${device} --execute`)
    },
    wake: execute,
    holders: true,
  }
  return withHost(command, wish, ({ tree, host }) => {
    const { raw, vfio } = host
    const names = namesToFind(command, {}, raw.functions)
    const found = findDevices([device], { raw, tree, names })
    const target = resetTarget(found, vfio, () => describeFunctions(raw.functions, names()))
    if (execute) checkBound(target, vfio)
    const bound = execute ? host : asIfBound(host, target)
    const draft = draftReset({
      host: bound,
      target: bound.topology.byAddress.get(target.address) ?? target,
      via: interfaceFor(via, bound.vfio, target),
      isAssumed: bound !== host,
      tool: TOOL,
    })
    return { raw, draft }
  })
}

function* refusalText(standing: readonly Objection[], device: string): Generator<Printable> {
  for (const { text } of standing) yield printableSentences(`${TOOL.name}: refused: ${text}`)
  if (standing.length === 0 || !standing.every(({ canBeForced }) => canBeForced)) return
  yield printableSentences(`  If you are sure: ${TOOL.name} reset ${device} --execute --force`)
}

function carryOut(command: LiveCommand, { raw, draft }: PlannedReset, asked: ResetAsked) {
  const notice = 'a call is in the kernel and cannot be cut short; this ends when it returns.'
  return command.withKernel(notice, async (lent) => {
    const now = () => performance.now()
    const { plan, predicted } = draft
    const { force: forced } = asked
    const run = await performReset(plan, { raw, ...lent, predicted, forced, now })
    checkInterrupted(run, plan.target)
    // A function whose reset is still under way is better not looked at: the look would hang too.
    const isStuck = command.stuck || lent.kernel.isStuck()
    const unseen = resetOutcome(draft, run, null)
    if (isStuck) return unseen
    command.keepInReserve(answerOf(unseen, asked))
    return resetOutcome(draft, run, await lookAgain(command))
  })
}

function lookAgain(command: LiveCommand): Promise<Topology> {
  const from = command.machine.openLiveHost
  return withHost(command, { from, wake: true, holders: false }, ({ host }) => host.topology)
}

/** Once the reset was asked for, an interruption changes nothing: its answer is told. */
function checkInterrupted({ stopped, performed }: ResetRun, target: string): void {
  if (stopped?.why !== 'interrupted') return
  throw new HostError(
    `Interrupted before the reset: ${target} was not hot-reset, and every file is closed again.`,
    {
      hint:
        performed.length > 2
          ? 'What was opened until then was reset by itself, at opening and at closing.'
          : 'No function was opened.',
    },
  )
}
