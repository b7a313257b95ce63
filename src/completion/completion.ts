import { bashCompletion } from './bash.js'
import type { CommandSpec, Shell } from './command-spec.js'
import { fishCompletion } from './fish.js'
import { zshCompletion } from './zsh.js'

/** The script that completes command lines of the tool in a shell. */
export function completionFor(
  shell: Shell,
  tool: string,
  commands: readonly CommandSpec[],
): string {
  return MAKERS[shell](tool, commands)
}

const MAKERS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const
