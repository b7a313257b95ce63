import type { Command } from '@oclif/core/command'
import type { Config } from '@oclif/core/config'
import type { CommandSpec, FlagSpec, WordSpec } from '../completion/command-spec.js'
import { POLICIES } from '../policy/policies/index.js'

/** What shells complete, as the commands declare their flags and words. */
export function commandSpecs(config: Config): readonly CommandSpec[] {
  return config.commands
    .filter(({ hidden }) => hidden !== true)
    .map((command) => ({
      name: command.id,
      summary: command.summary ?? '',
      flags: Object.values(command.flags).map(flagSpec),
      words: wordsOf(command),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function flagSpec(flag: Command.Flag.Cached): FlagSpec {
  return {
    name: flag.name,
    char: flag.char ?? null,
    summary: flag.summary ?? '',
    value: flag.type === 'boolean' ? null : wordFor(flag.options, flag.helpValue),
  }
}

function wordsOf({ args }: Command.Loadable): WordSpec {
  const [first] = Object.values(args)
  return first === undefined ? { kind: 'text' } : wordFor(first.options, first.name.toUpperCase())
}

/** By what the help calls it. */
function wordFor(
  options: readonly string[] | undefined,
  called: string | readonly string[] | undefined,
): WordSpec {
  if (options !== undefined) return { kind: 'one-of', words: options }
  switch (called) {
    case 'DEVICE':
      return { kind: 'function' }
    case 'DIR':
      return { kind: 'folder' }
    case 'FILE':
    case 'CAPTURE':
    case 'BEFORE':
    case 'AFTER':
    case 'MESSAGE':
      return { kind: 'file' }
    case 'ID':
      return { kind: 'one-of', words: [...POLICIES.map(({ id }) => id), 'all'] }
    default:
      return { kind: 'text' }
  }
}
