import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.js'
import { UsageError } from '../cli/errors.js'
import { ExitCode } from '../cli/exit-code.js'
import { nameFlags, policiesFor } from '../cli/flags.js'
import { namesFor } from '../cli/names-flag.js'
import { openArgument } from '../cli/open-host.js'
import { TOOL } from '../cli/tool.js'
import { compareHosts } from '../diff/compare-hosts.js'
import { diffReport } from '../diff/report/document.js'
import { renderDiff } from '../diff/report/text.js'
import { readHost } from '../host/read/read-host.js'
import { type AnalysedHost, analyseHost } from '../vfio/analysed-host.js'

export default class Diff extends BaseCommand {
  static override summary = 'compare two hosts, or one host at two times: what changed, and why'
  static override usage = '<%= command.id %> BEFORE AFTER [FLAGS]'
  static override examples = [
    { description: 'After an upgrade', command: '<%= config.bin %> diff before.tar.gz /' },
    { description: 'Two captures', command: '<%= config.bin %> diff a.tar.gz b.tar.gz --json' },
  ]

  static override args = {
    before: Args.string({
      required: true,
      description:
        'capture, folder with sys/, `/` for this host, `-` for a capture on standard input',
    }),
    after: Args.string({ required: true, description: 'the same' }),
  }

  static override flags = {
    ...nameFlags,
    policy: Flags.string({
      helpValue: 'ID',
      summary:
        'compare verdicts of this policy, or of `all` (repeatable; default: those of the kernels)',
      multiple: true,
      multipleNonGreedy: true,
    }),
  }

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Diff)
    const policies = policiesFor(flags.policy)
    if (args.before === '-' && args.after === '-') {
      throw new UsageError('Standard input holds one capture, so only one of the two can be `-`.')
    }
    const progress = this.progress()
    try {
      await progress.phase(`reading ${args.before}`)
      const before = await this.read(args.before)
      await progress.phase(`reading ${args.after}`)
      const after = await this.read(args.after)
      await progress.phase('comparing')
      const difference = compareHosts(before, after, {
        policies,
        hypothetical: flags.policy !== undefined,
      })
      const report = diffReport({ before, after, difference, tool: TOOL })
      progress.stop()
      await this.answer({
        document: () => report,
        text: (terminal) => {
          const functions = [...before.raw.functions, ...after.raw.functions]
          return renderDiff(report, namesFor(flags, functions), terminal)
        },
      })
      this.exitCode = report.same ? ExitCode.answered : ExitCode.refused
    } finally {
      progress.stop()
    }
  }

  private async read(argument: string): Promise<AnalysedHost> {
    const tree = await openArgument(argument, this.config.root)
    try {
      return analyseHost(await readHost(tree, { wake: false, holders: true }))
    } finally {
      this.stuck ||= tree.stuck
      tree.close()
    }
  }
}
