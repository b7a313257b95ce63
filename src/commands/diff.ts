import * as Args from '@oclif/core/args'
import { diffHosts } from '../cli/answers/diff-hosts.js'
import { BaseCommand, examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'
import { listingFlags } from '../cli/output/listing.js'

export default class Diff extends BaseCommand {
  static override summary = 'compare two hosts, or one host at two times: what changed, and why'
  static override usage = '<%= command.id %> BEFORE AFTER [FLAGS]'
  static override examples = examples({
    'After an upgrade': 'vfio-reset diff before.tar.gz /',
    'Two captures': 'vfio-reset diff a.tar.gz b.tar.gz --json',
  })

  static override args = {
    before: Args.string({
      required: true,
      description:
        'capture, folder with sys/, `/` for this host, `-` for a capture on standard input',
    }),
    after: Args.string({ required: true, description: 'the same' }),
  }

  static override flags = {
    ...shared.nameFlags,
    ...listingFlags(),
    policy: shared.policiesFlag(
      'compare verdicts of this policy, or of `all` (repeatable; default: those of the kernels)',
    ),
  }

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Diff)
    await this.answer(await diffHosts(this, { ...args, ...flags }))
  }
}
