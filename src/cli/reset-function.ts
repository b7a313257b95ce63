import { performReset, type ResetRun } from '../execution/perform-reset.js'
import type { ResetReport } from '../execution/report/reset-document.js'
import { draftReset, type ResetDraft, resetOutcome } from '../execution/report/reset-draft.js'
import { renderReset, renderResetPlan } from '../execution/report/reset-text.js'
import type { RawHost } from '../host/raw-host.js'
import type { HostTree } from '../host/tree/tree.js'
import type { Topology } from '../pci/topology.js'
import { type Printable, printableSentences } from '../text/printable.js'
import type { Answer } from './base-command.js'
import { HostError } from './errors.js'
import { exitCodeForReset, worstExitCode } from './exit-code.js'
import { findDevices } from './find-devices.js'
import type { LiveCommand } from './live-command.js'
import { confirm, type Objection, objectionsTo, requireVfio } from './permission.js'
import { resetTarget, type WAYS, wayFor } from './reset-target.js'
import { TOOL } from './tool.js'
import { withHost } from './with-host.js'

export interface ResetAsked {
  readonly device: string
  readonly execute: boolean
  readonly yes: boolean
  readonly force: boolean
  readonly via: (typeof WAYS)[number]
}

/** A reset that was thought through, on the host as it was read then. */
interface Planned {
  readonly raw: RawHost
  readonly draft: ResetDraft
}

/** Says what a hot reset of the function would do; with `execute` does it, once nothing speaks against it and somebody allowed it. */
export async function resetFunction(command: LiveCommand, asked: ResetAsked): Promise<Answer> {
  const planned = await plan(command, asked)
  const {
    report,
    plan: { target },
  } = planned.draft
  const objections = asked.execute ? objectionsTo(report) : []
  const standing = objections.filter(({ canBeForced }) => !(canBeForced && asked.force))
  if (!asked.execute || standing.length > 0) {
    const codes = standing.map(({ exitCode }) => exitCode)
    return {
      ...answerOf(report),
      aside: refusalText(standing, asked.device),
      exitCode: worstExitCode([...codes, exitCodeForReset(report)]),
    }
  }
  await command.say(renderResetPlan(report, command.terminal()))
  for (const { text } of objections)
    await command.say(printableSentences(`FORCED in spite of this: ${text}`))
  const deed = `a hot reset of ${target} clears the state of functions`
  await confirm(command.machine.ask, { word: target, yes: asked.yes, deed })
  return answerOf(await carryOut(command, planned, asked.force))
}

function answerOf(report: ResetReport): Answer {
  return {
    document: () => report,
    text: (terminal) => renderReset(report, terminal),
    exitCode: exitCodeForReset(report),
  }
}

function plan(command: LiveCommand, { device, execute, via }: ResetAsked): Promise<Planned> {
  const wish = {
    from: command.machine.openLiveHost,
    // Without vfio no function is bound to vfio-pci, which the target's own error tells better.
    check: (tree: HostTree) => {
      if (execute) requireVfio(tree, command.machine, `reset ${device} --execute`)
    },
    wake: execute,
    holders: true,
  }
  return withHost(command, wish, ({ tree, host }) => {
    const { raw, vfio } = host
    const target = resetTarget(findDevices([device], raw, tree), vfio)
    const way = wayFor(via, vfio, target)
    return { raw, draft: draftReset({ host, target, way, tool: TOOL }) }
  })
}

function* refusalText(standing: readonly Objection[], device: string): Generator<Printable> {
  for (const { text } of standing) yield printableSentences(`${TOOL.name}: refused: ${text}`)
  if (standing.length === 0 || !standing.every(({ canBeForced }) => canBeForced)) return
  yield printableSentences(`  If you are sure: ${TOOL.name} reset ${device} --execute --force`)
}

function carryOut(command: LiveCommand, { raw, draft }: Planned, forced: boolean) {
  const notice = 'a call is in the kernel and cannot be cut short; this ends when it returns.'
  return command.withKernel(notice, async (lent) => {
    const now = () => performance.now()
    const { plan, predicted } = draft
    const run = await performReset(plan, { raw, ...lent, predicted, forced, now })
    checkInterrupted(run, plan.target)
    // A function whose reset is still under way is better not looked at: the look would hang too.
    const isStuck = command.stuck || lent.kernel.isStuck()
    return resetOutcome(draft, run, isStuck ? null : await lookAgain(command))
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
