import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { verifyOnKernel } from '../cli/answers/verify-on-kernel.js'
import { examples } from '../cli/base-command.js'
import { LiveCommand } from '../cli/live-command.js'

export default class Verify extends LiveCommand {
  static override summary = 'perform a scenario on the running kernel and compare its answers'
  static override usage = '<%= command.id %> FILE [FLAGS]'
  static override examples = examples({
    'Ask before anything is opened': 'vfio-reset verify story.yaml',
    'From a script': 'vfio-reset verify story.yaml --yes --json',
  })

  static override args = {
    file: Args.string({ required: true, description: 'scenario, in YAML (docs/simulate.md)' }),
  }

  static override flags = {
    yes: Flags.boolean({ summary: 'do not ask; for scripts' }),
  }

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify)
    await this.answer(await verifyOnKernel(this, args.file, flags))
  }
}
