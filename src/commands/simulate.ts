import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.js'
import { exitCodeForSteps } from '../cli/exit-code.js'
import { checkKernel, choiceFor, hostFlags } from '../cli/flags.js'
import { openHost } from '../cli/open-host.js'
import { readScenario, scenarioError } from '../cli/read-scenario.js'
import { TOOL } from '../cli/tool.js'
import { readHost } from '../host/read/read-host.js'
import { POLICIES } from '../policy/policies/index.js'
import { simulateReport, stepsOf } from '../simulation/report/simulate-document.js'
import { renderSimulate } from '../simulation/report/simulate-text.js'
import { isScenarioProblem } from '../simulation/scenario/scenario.js'
import { simulate } from '../simulation/simulate.js'
import { analyseHost } from '../vfio/analysed-host.js'

export default class Simulate extends BaseCommand {
  static override summary = 'play a scenario of opens and resets on a model of VFIO, step by step'
  static override usage = '<%= command.id %> FILE [FLAGS]'
  static override examples = [
    {
      description: 'What this kernel would answer',
      command: '<%= config.bin %> simulate story.yaml',
    },
    {
      description: 'The debate on one screen',
      command: '<%= config.bin %> simulate story.yaml --policy all --capture host.tar.gz',
    },
  ]

  static override args = {
    file: Args.string({ required: true, description: 'scenario, in YAML (docs/simulate.md)' }),
  }

  static override flags = {
    ...hostFlags,
    demo: Flags.boolean({
      summary: 'read the captured host that ships with the tool',
      exclusive: ['root', 'capture'],
    }),
    policy: Flags.string({
      helpValue: 'ID',
      summary: 'answer by this policy, by `all`, or as the `kernel` does (default: the scenario’s)',
    }),
    info: Flags.option({
      summary: 'let INFO answer as this version of the series of 2023 (default: as the kernel)',
      options: ['v1', 'v2', 'v3', 'v4', 'v5'] as const,
    })(),
  }

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Simulate)
    const choice = choiceFor(flags.policy)
    const kernelOption = checkKernel(flags.kernel)
    const scenario = readScenario(args.file)
    const progress = this.progress()
    const tree = await openHost(flags, this.config.root)
    try {
      await progress.phase('reading the host')
      const raw = await readHost(tree, { wake: false, holders: false })
      const host = analyseHost(raw, kernelOption ?? scenario.kernel ?? undefined)
      const policy = choice ?? scenario.policy ?? 'kernel'
      const policies = policy === 'all' ? POLICIES.map(({ id }) => id) : [policy]
      const infoForm = flags.info ?? 'kernel'
      const simulation = simulate({ host, scenario, policies, infoForm })
      if (isScenarioProblem(simulation)) throw scenarioError(args.file, simulation)
      const report = simulateReport({
        host,
        policy,
        infoForm,
        simulation,
        tool: TOOL,
      })
      progress.stop()
      await this.answer({
        document: () => report,
        text: (terminal) => renderSimulate(report, scenario, terminal),
      })
      this.exitCode = exitCodeForSteps(stepsOf(report))
    } finally {
      progress.stop()
      this.stuck = tree.stuck
      tree.close()
    }
  }
}
