import * as Args from '@oclif/core/args'
import { DEMO_SCREENS, guideDemo } from '../cli/answers/guide-demo.js'
import { BaseCommand, examples } from '../cli/base-command.js'

export default class Demo extends BaseCommand {
  static override summary =
    'three screens on the captured host that ships with the tool: refused, bound, permitted'
  static override examples = examples({
    'From the beginning': 'vfio-reset demo',
    'The VM once the plan was carried out': 'vfio-reset demo permitted',
  })

  static override args = {
    screen: Args.string({
      description: 'screen to show',
      options: [...DEMO_SCREENS],
      default: DEMO_SCREENS[0],
    }),
  }

  override async run(): Promise<void> {
    const { args } = await this.parse(Demo)
    const screen = DEMO_SCREENS.find((each) => each === args.screen) ?? DEMO_SCREENS[0]
    await this.answer(await guideDemo(this, screen))
  }
}
