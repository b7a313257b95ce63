import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { exportHosts } from '../cli/answers/export-hosts.js'
import { BaseCommand, examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'
import { FORMAT_IDS } from '../export/formats/index.js'
import { SELECTIONS } from '../export/select.js'

export default class Export extends BaseCommand {
  static override summary = 'write what is true of hosts for the programs that run a fleet'
  static override usage = '<%= command.id %> [CAPTURE...] [FLAGS]'
  static override examples = examples({
    'For node_exporter':
      'vfio-reset export --format prometheus --output /var/lib/prometheus/node-exporter/vfio-reset.prom',
    'Many hosts as one table': 'vfio-reset export --format ndjson --select all captures/*.tar.gz',
  })
  static override args = {
    capture: Args.string({
      multiple: true,
      description: 'captures, folders with sys/, `/` for this host (default: this host)',
    }),
  }
  static override flags = {
    format: Flags.option({ summary: 'what to write', options: FORMAT_IDS })(),
    output: Flags.string({
      helpValue: 'FILE',
      summary: 'file to write, whole or not at all (default: standard output)',
    }),
    select: Flags.option({
      summary:
        'which functions: bound to vfio; those, displays, accelerators, network and NVMe; all',
      options: SELECTIONS,
      default: 'assignable',
    })(),
    baseline: Flags.string({
      helpValue: 'CAPTURE',
      summary: 'also tell what changed since this capture',
    }),
    host: Flags.string({ helpValue: 'NAME', summary: 'call the host so (default: its own name)' }),
    expire: Flags.string({
      helpValue: 'TIME',
      summary: 'nfd: nobody is to believe it after this time, such as 1h',
    }),
    kernel: shared.hostFlags.kernel,
    demo: Flags.boolean({ summary: 'read the captured host that ships with the tool' }),
    ...shared.nameFlags,
  }

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Export)
    await exportHosts(this, argv.map(String), flags)
  }
}
