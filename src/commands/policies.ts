import { BaseCommand, examples } from '../cli/base-command.js'
import { isTable, listingFlags, listingText } from '../cli/output/listing.js'
import { TOOL } from '../cli/tool.js'
import { policiesReport } from '../policy/report/policies-document.js'
import { POLICY_COLUMNS, policyRows } from '../policy/report/policies-rows.js'
import { renderPolicies } from '../policy/report/policies-text.js'

export default class Policies extends BaseCommand {
  static override summary =
    'list the ownership policies: rule, origin, implemented since which kernel'
  static override examples = examples({
    'The policies in words': 'vfio-reset policies',
    'The same for programs': 'vfio-reset policies --json',
  })

  static override flags = listingFlags()

  override async run(): Promise<void> {
    const { flags } = await this.parse(Policies)
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
