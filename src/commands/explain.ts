import process from 'node:process'
import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../cli/base-command.js'
import { ExitCode } from '../cli/exit-code.js'
import { lookAtHost } from '../cli/explain-host.js'
import { checkKernel, hostFlags, nameFlags } from '../cli/flags.js'
import { readMessageStream, readMessageWords } from '../cli/read-message.js'
import { TOOL } from '../cli/tool.js'
import { explainReport } from '../explain/report/explain-report.js'
import { renderExplain } from '../explain/report/text.js'

export default class Explain extends BaseCommand {
  static override summary =
    'explain what a message of QEMU, libvirt, the kernel and others means, and whether it matters'
  static override usage = '<%= command.id %> [MESSAGE] [FLAGS]'
  static override examples = [
    {
      description: 'One line',
      command:
        '<%= config.bin %> explain "vfio: Cannot reset device 0000:65:00.0, no available reset mechanism."',
    },
    { description: 'A whole log', command: 'journalctl -b | <%= config.bin %> explain' },
    {
      description: 'A log of another host',
      command: '<%= config.bin %> explain --capture host.tar.gz < win10.log',
    },
  ]

  static override args = {
    message: Args.string({
      multiple: true,
      description: 'message, best in quotes; without it standard input is read',
    }),
  }

  static override flags = {
    ...hostFlags,
    ...nameFlags,
    demo: Flags.boolean({
      summary: 'compare with the captured host that ships with the tool',
      exclusive: ['root', 'capture'],
    }),
  }

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Explain)
    const kernelOption = checkKernel(flags.kernel)
    const words = argv.map(String)
    const isGiven = words.length > 0 && words.join(' ') !== '-'
    const reading = isGiven ? readMessageWords(words) : await readMessageStream(process.stdin)
    const progress = this.progress()
    try {
      await progress.phase('reading the host')
      const { host, isElsewhere, stuck } = await lookAtHost({
        reading,
        flags,
        kernelOption,
        packageRoot: this.config.root,
      })
      this.stuck = stuck
      progress.stop()
      const report = explainReport({ reading, host, isElsewhere, tool: TOOL })
      await this.answer({
        document: () => report,
        text: (terminal) => renderExplain(report, host?.report ?? null, terminal),
      })
      this.exitCode = report.messages.length > 0 ? ExitCode.answered : ExitCode.cannotTell
    } finally {
      progress.stop()
    }
  }
}
