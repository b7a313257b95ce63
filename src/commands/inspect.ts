import * as Flags from '@oclif/core/flags'
import { inspectHost } from '../cli/answers/inspect-host.js'
import { examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'
import { LiveCommand } from '../cli/live-command.js'
import { listingFlags } from '../cli/output/listing.js'

export default class Inspect extends LiveCommand {
  static override summary =
    'show what a hot reset affects, who may issue it, and what stands in the way'
  static override usage = '<%= command.id %> [DEVICE...] [FLAGS]'
  static override examples = examples({
    'Overview of this host': 'vfio-reset inspect',
    'One function in detail': 'vfio-reset inspect 65:00.0',
    'A host that ships with the tool': 'vfio-reset inspect --demo',
  })
  static override args = shared.devicesArg(
    'function, in any usual form: 65:00.0, 10de:2204, group:14, /dev/vfio/14, eth0, nvme0n1',
  )
  static override flags = {
    ...shared.hostFlags,
    ...shared.nameFlags,
    demo: shared.demoFlag(),
    policy: shared.policiesFlag('judge by this policy, or by `all` (repeatable)'),
    owning: Flags.string({
      helpValue: 'DEVICE',
      summary:
        'functions that the caller owns besides the one asked about (comma list, repeatable)',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
    ...listingFlags(),
    why: shared.whyFlag,
    all: Flags.boolean({ summary: 'unfold bridges and chipset functions' }),
    tree: Flags.boolean({ summary: 'show the topology with groups, dev_sets and ACS' }),
    'fail-on': Flags.option({
      summary: 'exit 1 on a refusal; with `undetermined` also exit 3 when it cannot tell',
      options: ['refused', 'undetermined'] as const,
    })(),
    wake: shared.wakeFlag,
    verify: Flags.boolean({
      summary: 'open DEVICE, which resets it, and ask the running kernel what a hot reset affects',
      exclusive: ['root', 'capture', 'demo', 'kernel'],
    }),
    yes: Flags.boolean({
      summary: 'do not ask before opening; for scripts',
      dependsOn: ['verify'],
    }),
  }

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Inspect)
    await this.answer(await inspectHost(this, argv.map(String), flags))
  }
}
