import * as Args from '@oclif/core/args'
import { BaseCommand, examples } from '../cli/base-command.js'
import { commandSpecs } from '../cli/command-specs.js'
import { TOOL } from '../cli/tool.js'
import { SHELLS } from '../completion/command-spec.js'
import { completionFor } from '../completion/completion.js'
import { completionReport } from '../completion/document.js'
import { printableDocument } from '../text/printable.js'

export default class Completion extends BaseCommand {
  static override summary = 'print the script that completes command lines in bash, zsh or fish'
  static override examples = examples({
    'For this shell': 'source <(vfio-reset completion bash)',
    'For every bash of this host':
      'vfio-reset completion bash > /usr/share/bash-completion/completions/vfio-reset',
  })
  static override args = {
    shell: Args.custom({ options: SHELLS })({ required: true, description: 'bash, zsh or fish' }),
  }

  override async run(): Promise<void> {
    const { args } = await this.parse(Completion)
    const { shell } = args
    await this.config.load()
    const script = completionFor(shell, TOOL.name, commandSpecs(this.config))
    await this.answer({
      document: () => completionReport(shell, script, TOOL),
      text: () => printableDocument(script),
    })
  }
}
