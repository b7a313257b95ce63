import * as Flags from '@oclif/core/flags'
import { watchHost } from '../cli/answers/watch-host.js'
import { examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'
import { WatchingCommand } from '../cli/watching-command.js'

export default class Watch extends WatchingCommand {
  static override summary = 'say what changes while it changes: drivers, groups, verdicts'
  static override usage = '<%= command.id %> [DEVICE...] [FLAGS]'
  static override examples = examples({
    'A line a change': 'vfio-reset watch',
    'For programs, one document a line': 'vfio-reset watch 65:00.0 --json',
  })
  static override args = shared.devicesArg('function, in any usual form (default: all)')
  static override flags = {
    root: shared.hostFlags.root,
    kernel: shared.hostFlags.kernel,
    policy: shared.policiesFlag(
      'watch verdicts of this policy, or of `all` (repeatable; default: those of the kernels)',
    ),
    interval: Flags.string({
      helpValue: 'TIME',
      summary: 'read the host at least so often, also when the kernel says nothing',
      default: '30s',
    }),
    count: Flags.string({ helpValue: 'N', summary: 'end after so many changes were told' }),
  }

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Watch)
    await watchHost(this, argv.map(String), flags)
  }
}
