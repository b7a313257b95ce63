import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand, examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'
import { refuseHost } from '../cli/input/refuse-host.js'
import { isTable, listingFlags, listingText } from '../cli/output/listing.js'
import { TOOL } from '../cli/tool.js'
import { policiesReport } from '../policy/report/policies-document.js'
import { POLICY_COLUMNS, policyRows } from '../policy/report/policies-rows.js'
import { renderPolicies } from '../policy/report/policies-text.js'

export default class Policies extends BaseCommand {
  static override summary =
    'list the ownership policies: rule, origin, implemented since which kernel'
  static override usage = '<%= command.id %> [--compare [DEVICE]] [FLAGS]'
  static override examples = examples({
    'The policies in words': 'vfio-reset policies',
    'The debate of 2023 on one screen': 'vfio-reset policies --compare',
    'The same about a function of this host': 'vfio-reset policies --compare 65:00.0',
    'The rules for programs': 'vfio-reset policies --json',
  })

  static override args = {
    device: Args.string({ description: 'with --compare: function, as inspect takes it' }),
  }

  static override flags = {
    ...listingFlags(),
    ...shared.hostFlags,
    demo: shared.demoFlag(),
    compare: Flags.boolean({
      summary:
        'ask every policy the same questions about DEVICE, or about a card that ships with the tool',
      exclusive: ['output'],
    }),
  }

  override async run(): Promise<void> {
    const { flags, args } = await this.parse(Policies)
    if (flags.compare) {
      // The list reads no host, and loads nothing that does.
      const { compareForDevice } = await import('../cli/answers/compare-policies.js')
      await this.answer(await compareForDevice(this, args.device, flags))
      return
    }
    refuseHost(args.device, flags)
    const report = policiesReport(TOOL)
    const listing = () => ({
      rows: policyRows(report),
      fields: POLICY_COLUMNS,
      wide: ['id', 'implemented_since', 'origin_date', 'title'],
      names: report.policies.map(({ id }) => id),
    })
    await this.answer({
      document: () => report,
      text: (terminal) =>
        isTable(flags) ? listingText(flags, terminal, listing()) : renderPolicies(report, terminal),
    })
  }
}
