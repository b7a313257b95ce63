import { BaseCommand, examples } from '../cli/base-command.js'
import { TOOL } from '../cli/tool.js'
import { policiesReport } from '../policy/report/policies-document.js'
import { renderPolicies } from '../policy/report/policies-text.js'

export default class Policies extends BaseCommand {
  static override summary =
    'list the ownership policies: rule, origin, implemented since which kernel'
  static override examples = examples({
    'The policies in words': 'vfio-reset policies',
    'The same for programs': 'vfio-reset policies --json',
  })

  override async run(): Promise<void> {
    await this.parse(Policies)
    const report = policiesReport(TOOL)
    await this.answer({
      document: () => report,
      text: (terminal) => renderPolicies(report, terminal),
    })
  }
}
