import type { Config } from '@oclif/core/config'
import type { BaseCommand } from '../cli/base-command.js'

/** A command's class. */
export type CommandClass = new (argv: string[], config: Config) => BaseCommand

/** The commands by name; each is loaded only when it runs. */
export const COMMANDS = {
  welcome: () => import('./welcome.js'),
  doctor: () => import('./doctor.js'),
  inspect: () => import('./inspect.js'),
  policies: () => import('./policies.js'),
  reset: () => import('./reset.js'),
  verify: () => import('./verify.js'),
  simulate: () => import('./simulate.js'),
  explain: () => import('./explain.js'),
  hook: () => import('./hook.js'),
  preflight: () => import('./preflight.js'),
  demo: () => import('./demo.js'),
  capture: () => import('./capture.js'),
  diff: () => import('./diff.js'),
  export: () => import('./export.js'),
  watch: () => import('./watch.js'),
  wait: () => import('./wait.js'),
  report: () => import('./report.js'),
  completion: () => import('./completion.js'),
} as const satisfies Record<string, () => Promise<{ readonly default: CommandClass }>>

/** Whether a word of the command line is the name of a command. */
export function isCommandName(word: string): word is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, word)
}
