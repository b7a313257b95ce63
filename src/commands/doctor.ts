import { examineHost } from '../cli/answers/examine-host.js'
import { BaseCommand, examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'

export default class Doctor extends BaseCommand {
  static override summary = 'check whether this machine is ready to give PCI functions to VMs'
  static override examples = examples({
    'This machine': 'vfio-reset doctor',
    'A machine that was captured': 'vfio-reset doctor --capture host.tar.gz',
  })

  static override flags = { ...shared.hostFlags, demo: shared.demoFlag() }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Doctor)
    await this.answer(await examineHost(this, flags))
  }
}
