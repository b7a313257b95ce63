import * as Flags from '@oclif/core/flags'
import { waitFor } from '../cli/answers/wait-for.js'
import { examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'
import { WatchingCommand } from '../cli/watching-command.js'
import { CONDITIONS } from '../watching/condition.js'

export default class Wait extends WatchingCommand {
  static override summary =
    'wait until a function may be reset, is bound to VFIO, is released, or is gone'
  static override usage = '<%= command.id %> DEVICE... --for CONDITION [FLAGS]'
  static override examples = examples({
    'Before a VM starts': 'vfio-reset wait 65:00.0 --for bound --timeout 30s',
    'After it has ended': 'vfio-reset wait 65:00.0 --for released',
  })
  static override args = shared.devicesArg('function, in any usual form; it need not be there yet')
  static override flags = {
    for: Flags.option({ summary: 'what to wait for', options: CONDITIONS, required: true })(),
    root: shared.hostFlags.root,
    kernel: shared.hostFlags.kernel,
    policy: shared.policyFlag(
      'with --for permitted: by this policy (default: what the kernel does for group files)',
    ),
    timeout: Flags.string({
      helpValue: 'TIME',
      summary: 'give up after this time: exit 1, or 3 where it is unknown',
      default: '60s',
    }),
    interval: Flags.string({
      helpValue: 'TIME',
      summary: 'read the host at least so often: that a file is closed is no event',
      default: '1s',
    }),
  }

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Wait)
    await this.answer(await waitFor(this, argv.map(String), flags))
  }
}
