import { welcome } from '../cli/answers/welcome.js'
import { BaseCommand, examples } from '../cli/base-command.js'
import * as shared from '../cli/flags.js'

export default class Welcome extends BaseCommand {
  static override hidden = true
  static override summary =
    'what `vfio-reset` alone says: whether this machine is ready, and what to type next'
  static override examples = examples({ 'The same on the demo host': 'vfio-reset welcome --demo' })

  static override flags = { ...shared.hostFlags, demo: shared.demoFlag() }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Welcome)
    await this.answer(await welcome(this, flags))
  }
}
