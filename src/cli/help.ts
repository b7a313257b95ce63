import type { Config } from '@oclif/core/config'
import { Help } from '@oclif/core/help'

/** Prints the help of a command, or of the tool. In a module of its own, so that oclif's help is loaded only to be shown. */
export async function showHelp(config: Config, argv: string[]): Promise<void> {
  await new Help(config).showHelp(argv)
}
