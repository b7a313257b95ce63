import * as Flags from '@oclif/core/flags'
import { checkVms } from '../cli/answers/check-vms.js'
import { BaseCommand, examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'
import { vmFlags } from '../cli/input/vm-flags.js'

export default class Preflight extends BaseCommand {
  static override summary =
    'check whether a VM that gets these functions will start, and whether they can be reset'
  static override usage = '<%= command.id %> [DEVICE...] [FLAGS]'
  static override examples = examples({
    'Two functions for one VM': 'vfio-reset preflight 65:00.0 65:00.1',
    'A libvirt domain': 'virsh dumpxml win10 | vfio-reset preflight --libvirt -',
    'Several VMs that are to run at the same time':
      'vfio-reset preflight --libvirt a.xml --libvirt b.xml',
    'What would have to be done, as a script':
      'vfio-reset preflight 65:00.0 --plan --plan-style driverctl',
  })

  static override args = shared.devicesArg(
    'function that the VM gets, in any usual form: 65:00.0, 10de:2204, group:14, eth0',
  )

  static override flags = {
    ...shared.hostFlags,
    ...shared.nameFlags,
    demo: shared.demoFlag(),
    ...vmFlags,
    quiet: Flags.boolean({ char: 'q', summary: 'print nothing; the exit code answers' }),
    all: Flags.boolean({ summary: 'a line for each check, also for those that pass' }),
    why: shared.whyFlag,
    wake: shared.wakeFlag,
  }

  override async run(): Promise<void> {
    const { flags, argv } = await this.parse(Preflight)
    await this.answer(await checkVms(this, argv.map(String), flags))
  }
}
