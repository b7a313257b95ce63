import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { checkBindState } from '../cli/check-bind-state.js'
import { HostError, UsageError } from '../cli/errors.js'
import { ExitCode } from '../cli/exit-code.js'
import { watchInterruption } from '../cli/interruption.js'
import { LiveCommand } from '../cli/live-command.js'
import { confirm, refuseDanger, requireVfio } from '../cli/permission.js'
import { readScenario, scenarioError } from '../cli/read-scenario.js'
import { TOOL } from '../cli/tool.js'
import { dangersOf, reachOf } from '../execution/danger.js'
import { touchedText } from '../execution/report/danger-text.js'
import { verifyReport } from '../execution/report/verify-document.js'
import { renderVerify } from '../execution/report/verify-text.js'
import { forecast, type VerifiedStep, verifyScenario } from '../execution/verify-scenario.js'
import type { RawHost } from '../host/raw-host.js'
import { readHost } from '../host/read/read-host.js'
import { policyOf } from '../policy/find-policy.js'
import { isHypothetical } from '../policy/policy.js'
import type { Scenario } from '../simulation/scenario/scenario.js'
import { analyseHost } from '../vfio/analysed-host.js'

export default class Verify extends LiveCommand {
  static override summary = 'perform a scenario on the running kernel and compare its answers'
  static override usage = '<%= command.id %> FILE [FLAGS]'
  static override examples = [
    {
      description: 'Ask before anything is opened',
      command: '<%= config.bin %> verify story.yaml',
    },
    {
      description: 'From a script',
      command: '<%= config.bin %> verify story.yaml --yes --json',
    },
  ]

  static override args = {
    file: Args.string({ required: true, description: 'scenario, in YAML (docs/simulate.md)' }),
  }

  static override flags = {
    yes: Flags.boolean({ summary: 'do not ask; for scripts' }),
  }

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify)
    const scenario = readScenario(args.file)
    checkPolicy(args.file, scenario)
    const tree = this.surroundings.openLiveHost()
    try {
      requireVfio(tree, {
        isRoot: this.surroundings.isRoot(),
        commandLine: `${TOOL.name} verify ${args.file}`,
      })
      const raw = await readHost(tree, { wake: true, holders: true })
      const host = analyseHost(raw)
      const foretold = forecast(scenario, host)
      if ('problem' in foretold) throw scenarioError(args.file, foretold)
      checkBindState(args.file, scenario, raw)
      const touched = touchedBy(scenario)
      // A count that `enable` was left with is no reason: a scenario may be about opening what is open.
      const dangers = dangersOf(host.vfio, reachOf(host.vfio, touched))
      refuseDanger(dangers.filter(({ kind }) => kind !== 'open'))
      await this.say(touchedText(touched, this.terminal()))
      const deed = 'a scenario opens and resets functions of this host'
      await confirm(this.surroundings.ask, { word: 'verify', yes: flags.yes, deed })
      const steps = await this.perform(scenario, raw, foretold.steps)
      const report = verifyReport({ host, steps, gaps: foretold.gaps, tool: TOOL })
      await this.answer({
        document: () => report,
        text: (terminal) => renderVerify(report, scenario, terminal),
      })
      const { agreed, total } = report.agreement
      this.exitCode = agreed === total ? ExitCode.answered : ExitCode.contradicted
    } finally {
      this.stuck ||= tree.stuck
      tree.close()
    }
  }

  private async perform(
    scenario: Scenario,
    raw: RawHost,
    foretold: Parameters<typeof verifyScenario>[1],
  ): Promise<readonly VerifiedStep[]> {
    const kernel = await this.kernelCalls()
    const { isInterrupted, release } = watchInterruption(() => {
      void this.say(`${TOOL.name}: stopping after the call that is in the kernel now.\n`)
    })
    try {
      const steps = await verifyScenario(scenario, foretold, { raw, kernel, isInterrupted })
      if (steps.length === foretold.length) return steps
      throw new HostError(
        `Interrupted after ${steps.length} of ${foretold.length} steps; every file is closed again.`,
      )
    } finally {
      release()
      this.stuck ||= kernel.isStuck()
    }
  }
}

/** A kernel is asked, so rules that no kernel has cannot be verified. */
function checkPolicy(file: string, { policy }: Scenario): void {
  if (policy === null || policy === 'kernel' || !isHypothetical(policyOf(policy))) return
  throw new UsageError(`The scenario ${file} asks for the policy ${policy}, which no kernel has.`, {
    path: file,
    hint: `Leave "policy" out, or ask \`${TOOL.name} simulate\`.`,
  })
}

function touchedBy({ steps }: Scenario) {
  return new Set(steps.flatMap((step) => ('device' in step ? [step.device] : [])))
}
