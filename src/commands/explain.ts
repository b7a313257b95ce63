import * as Args from '@oclif/core/args'
import { explainMessages } from '../cli/answers/explain-messages.js'
import { BaseCommand, examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'
import { readMessages } from '../cli/input/read-message.js'

export default class Explain extends BaseCommand {
  static override summary =
    'explain what a message of QEMU, libvirt, the kernel and others means, and whether it matters'
  static override usage = '<%= command.id %> [MESSAGE] [FLAGS]'
  static override examples = examples({
    'One line':
      'vfio-reset explain "vfio: Cannot reset device 0000:65:00.0, no available reset mechanism."',
    'A whole log': 'journalctl -b | vfio-reset explain',
    'A log of another host': 'vfio-reset explain --capture host.tar.gz < win10.log',
  })

  static override args = {
    message: Args.string({
      multiple: true,
      description: 'message, best in quotes; without it standard input is read',
    }),
  }

  static override flags = {
    ...shared.hostFlags,
    ...shared.nameFlags,
    demo: shared.demoFlag('compare with the captured host that ships with the tool'),
    why: shared.whyFlag,
  }

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Explain)
    const kernel = shared.checkKernel(flags.kernel)
    const reading = await readMessages(argv.map(String))
    await this.answer(await explainMessages(this, { reading, flags, kernel }))
  }
}
