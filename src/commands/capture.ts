import * as Flags from '@oclif/core/flags'
import { saveCapture } from '../cli/answers/save-capture.js'
import { BaseCommand, examples } from '../cli/base-command.js'
import { demoFlag, hostFlags, wakeFlag } from '../cli/flags.js'

export default class Capture extends BaseCommand {
  static override summary = 'save what analysis reads of a host, to be looked at elsewhere'
  static override examples = examples({
    'For a bug report': 'vfio-reset capture --redact -o host.tar.gz',
    'With what trackers ask for': 'vfio-reset capture --for vm-problem',
    'Look at one': 'vfio-reset inspect --capture host.tar.gz',
  })

  static override flags = {
    root: hostFlags.root,
    capture: hostFlags.capture,
    demo: demoFlag(),
    output: Flags.string({
      char: 'o',
      helpValue: 'FILE',
      summary: 'file to write, `-` for standard output (default: a name with the time)',
    }),
    for: Flags.option({
      summary: 'also run the commands whose output bug trackers ask for',
      options: ['vm-problem'] as const,
    })(),
    redact: Flags.boolean({
      default: false,
      summary: 'replace serial numbers, MAC addresses, names and secrets by pseudonyms',
    }),
    'show-redactions': Flags.boolean({
      summary: 'list every replacement; without --redact: what it would replace',
    }),
    'max-size': Flags.string({
      helpValue: 'SIZE',
      summary: 'write nothing if it would be larger: 500K, 64M',
      default: '256M',
    }),
    wake: wakeFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Capture)
    await this.answer(await saveCapture(this, flags))
  }
}
