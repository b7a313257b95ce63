import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { HostError } from '../cli/errors.js'
import { exitCodeForReset, worstExitCode } from '../cli/exit-code.js'
import { findDevices } from '../cli/find-devices.js'
import { watchInterruption } from '../cli/interruption.js'
import { LiveCommand } from '../cli/live-command.js'
import { confirm, type Objection, objectionsTo, requireVfio } from '../cli/permission.js'
import { resetTarget, WAYS, wayFor } from '../cli/reset-target.js'
import { TOOL } from '../cli/tool.js'
import { performReset, type ResetRun } from '../execution/perform-reset.js'
import type { ResetReport } from '../execution/report/reset-document.js'
import { draftReset, type ResetDraft, resetOutcome } from '../execution/report/reset-draft.js'
import { renderReset, renderResetPlan } from '../execution/report/reset-text.js'
import type { RawHost } from '../host/raw-host.js'
import { readHost } from '../host/read/read-host.js'
import type { HostTree } from '../host/tree/tree.js'
import type { Topology } from '../pci/topology.js'
import { analyseHost } from '../vfio/analysed-host.js'

export default class Reset extends LiveCommand {
  static override summary = 'hot-reset a function through VFIO; without --execute only say how'
  static override usage = '<%= command.id %> DEVICE [FLAGS]'
  static override examples = [
    { description: 'What would be done', command: '<%= config.bin %> reset 65:00.0' },
    { description: 'Do it, after asking', command: '<%= config.bin %> reset 65:00.0 --execute' },
  ]

  static override args = {
    device: Args.string({
      required: true,
      description: 'function, in any usual form: 65:00.0, 10de:2204, /dev/vfio/14',
    }),
  }

  static override flags = {
    execute: Flags.boolean({ summary: 'do it: open what is needed, reset, close' }),
    yes: Flags.boolean({
      summary: 'do not ask; for scripts. It silences no refusal',
      dependsOn: ['execute'],
    }),
    force: Flags.boolean({
      summary: 'go on although the kernel should refuse, or the host itself needs a function',
      dependsOn: ['execute'],
    }),
    via: Flags.option({
      summary: 'open the function through its group or its device file',
      options: WAYS,
      default: 'auto' as const,
    })(),
  }

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Reset)
    const { raw, draft } = await this.look((tree) => this.draft(tree, args.device, flags))
    const objections = flags.execute ? objectionsTo(draft.report) : []
    const standing = objections.filter(({ canBeForced }) => !(canBeForced && flags.force))
    if (!flags.execute || standing.length > 0) {
      await this.tell(draft.report)
      await this.sayRefusal(standing, args.device)
      const codes = standing.map(({ exitCode }) => exitCode)
      this.exitCode = worstExitCode([...codes, exitCodeForReset(draft.report)])
      return
    }
    await this.say(renderResetPlan(draft.report, this.terminal()))
    for (const { text } of objections) await this.say(`FORCED in spite of this: ${text}\n`)
    const { target } = draft.plan
    const deed = `a hot reset of ${target} clears the state of functions`
    await confirm(this.surroundings.ask, { word: target, yes: flags.yes, deed })
    const report = await this.carryOut(draft, raw, flags.force)
    await this.tell(report)
    this.exitCode = exitCodeForReset(report)
  }

  private async draft(
    tree: HostTree,
    device: string,
    { execute, via }: { readonly execute: boolean; readonly via: (typeof WAYS)[number] },
  ): Promise<{ readonly raw: RawHost; readonly draft: ResetDraft }> {
    const isRoot = !execute || this.surroundings.isRoot()
    const commandLine = `${TOOL.name} reset ${device} --execute`
    // Without vfio no function is on vfio-pci, which the target's own error tells better.
    if (execute) requireVfio(tree, { isRoot, commandLine })
    const raw = await readHost(tree, { wake: execute, holders: true })
    const host = analyseHost(raw)
    const target = resetTarget(findDevices([device], raw, tree), host.vfio)
    const way = wayFor(via, host.vfio, target)
    return { raw, draft: draftReset({ host, target, way, tool: TOOL }) }
  }

  private async look<T>(see: (tree: HostTree) => Promise<T>): Promise<T> {
    const tree = this.surroundings.openLiveHost()
    try {
      return await see(tree)
    } finally {
      this.stuck ||= tree.stuck
      tree.close()
    }
  }

  private tell(report: ResetReport): Promise<void> {
    return this.answer({
      document: () => report,
      text: (terminal) => renderReset(report, terminal),
    })
  }

  private async sayRefusal(standing: readonly Objection[], device: string): Promise<void> {
    for (const { text } of standing) await this.say(`${TOOL.name}: refused: ${text}\n`)
    if (standing.length === 0 || !standing.every(({ canBeForced }) => canBeForced)) return
    await this.say(`  If you are sure: ${TOOL.name} reset ${device} --execute --force\n`)
  }

  private async carryOut(draft: ResetDraft, raw: RawHost, forced: boolean): Promise<ResetReport> {
    const { plan, foretold } = draft
    const kernel = await this.kernelCalls()
    const { isInterrupted, release } = watchInterruption(() => {
      void this.say(
        `${TOOL.name}: a call is in the kernel and cannot be cut short; this ends when it returns.\n`,
      )
    })
    try {
      const now = () => performance.now()
      const stage = { raw, kernel, foretold, forced, isInterrupted, now }
      const run = await performReset(plan, stage)
      checkInterrupted(run, plan.target)
      this.stuck ||= kernel.isStuck()
      // A function whose reset is still under way is better not looked at: the look would hang too.
      return resetOutcome(draft, run, this.stuck ? null : await this.lookAgain())
    } finally {
      release()
      this.stuck ||= kernel.isStuck()
    }
  }

  private lookAgain(): Promise<Topology> {
    return this.look(async (tree) => {
      const raw = await readHost(tree, { wake: true, holders: false })
      return analyseHost(raw).topology
    })
  }
}

/** Once the reset was asked for, an interruption changes nothing: its answer is told. */
function checkInterrupted({ stopped, performed }: ResetRun, target: string): void {
  if (stopped?.why !== 'interrupted') return
  throw new HostError(
    `Interrupted before the reset: ${target} and what goes with it was not hot-reset, and every file is closed again.`,
    {
      hint:
        performed.length > 2
          ? 'What was opened until then was reset by itself, at opening and at closing.'
          : 'No function was opened.',
    },
  )
}
