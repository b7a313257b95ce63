import * as Flags from '@oclif/core/flags'
import { reportHost } from '../cli/answers/report-host.js'
import { BaseCommand, examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'

const FILE = { helpValue: 'FILE' }

export default class Report extends BaseCommand {
  static override summary =
    'write a bug report to paste, or a page or drawing of the host to look at'
  static override usage = '<%= command.id %> [DEVICE...] [FLAGS]'
  static override examples = examples({
    'A report for QEMU about one function': 'vfio-reset report 65:00.0 --for qemu',
    'A page to look at, offline': 'vfio-reset report --html host.html',
    'The drawing of a captured host': 'vfio-reset report --capture host.tar.gz --svg host.svg',
  })

  static override args = shared.devicesArg(
    'function that it is about, in any form that `inspect` takes',
  )

  static override flags = {
    ...shared.hostFlags,
    ...shared.nameFlags,
    demo: shared.demoFlag(),
    for: Flags.option({
      summary: 'tracker whose template to fill in (default: qemu)',
      options: ['qemu', 'kernel', 'libvirt', 'proxmox', 'kubevirt'] as const,
    })(),
    html: Flags.string({
      ...FILE,
      summary: 'write one page that works offline: drawing, verdicts, what-if',
    }),
    svg: Flags.string({ ...FILE, summary: 'write the drawing as an image' }),
    dot: Flags.string({ ...FILE, summary: 'write the drawing for Graphviz' }),
    mermaid: Flags.string({ ...FILE, summary: 'write the drawing as a Mermaid chart' }),
    policy: shared.policyFlag(
      'mark the verdicts of this policy in the drawing (default: what this kernel is asked)',
    ),
    redact: Flags.boolean({
      summary: 'replace serial numbers, names and secrets (the default)',
      default: true,
      allowNo: true,
    }),
    wake: shared.wakeFlag,
  }

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Report)
    await this.answer(await reportHost(this, argv.map(String), flags))
  }
}
