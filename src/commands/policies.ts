import { BaseCommand } from '../cli/base-command.js'
import { TOOL } from '../cli/tool.js'
import { policiesReport } from '../policy/report/policies-document.js'
import { renderPolicies } from '../policy/report/policies-text.js'

export default class Policies extends BaseCommand {
  static override summary =
    'list the ownership policies: rule, origin, implemented since which kernel'
  static override examples = [
    { description: 'The policies in words', command: '<%= config.bin %> policies' },
    { description: 'The same for programs', command: '<%= config.bin %> policies --json' },
  ]

  override async run(): Promise<void> {
    await this.parse(Policies)
    const report = policiesReport(TOOL)
    await this.answer({
      document: () => report,
      text: (terminal) => renderPolicies(report, terminal),
    })
  }
}
