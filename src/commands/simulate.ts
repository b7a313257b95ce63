import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { playScenario } from '../cli/answers/play-scenario.js'
import { BaseCommand, examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'

export default class Simulate extends BaseCommand {
  static override summary = 'play a scenario of opens and resets on a model of VFIO, step by step'
  static override usage = '<%= command.id %> FILE [FLAGS]'
  static override examples = examples({
    'What this kernel would answer': 'vfio-reset simulate story.yaml',
    'The debate on one screen': 'vfio-reset simulate story.yaml --policy all --capture host.tar.gz',
  })

  static override args = {
    file: Args.string({
      required: true,
      description: 'scenario, in YAML (docs/simulate.md); - is standard input',
    }),
  }

  static override flags = {
    ...shared.hostFlags,
    demo: shared.demoFlag(),
    policy: shared.policyFlag(
      'answer by this policy, by `all`, or as the `kernel` does (default: the scenario’s)',
    ),
    info: Flags.option({
      summary: 'let INFO answer as this version of the series of 2023 (default: as the kernel)',
      options: ['v1', 'v2', 'v3', 'v4', 'v5'] as const,
    })(),
  }

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Simulate)
    await this.answer(await playScenario(this, args.file, flags))
  }
}
