import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { resetFunction } from '../cli/answers/reset-function.js'
import { INTERFACES } from '../cli/answers/reset-target.js'
import { examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'
import { LiveCommand } from '../cli/live-command.js'

export default class Reset extends LiveCommand {
  static override summary = 'hot-reset a function through VFIO; without --execute only say how'
  static override usage = '<%= command.id %> DEVICE [FLAGS]'
  static override examples = examples({
    'What would be done': 'vfio-reset reset 65:00.0',
    'Of a machine that was captured': 'vfio-reset reset 65:00.0 --capture host.tar.gz',
    'Do it, after asking': 'vfio-reset reset 65:00.0 --execute',
  })

  static override args = {
    device: Args.string({
      required: true,
      description: 'function, in any usual form: 65:00.0, 10de:2204, /dev/vfio/14',
    }),
  }

  static override flags = {
    ...shared.hostFlags,
    demo: shared.demoFlag(),
    why: shared.whyFlag,
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
      options: INTERFACES,
      default: 'auto' as const,
    })(),
  }

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Reset)
    await this.answer(await resetFunction(this, { ...args, ...flags }))
  }
}
