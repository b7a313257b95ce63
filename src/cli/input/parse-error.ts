import { UsageError } from '../errors.js'
import { nearest } from './nearest.js'

/** What a command accepts, for the hints. */
export interface CommandShape {
  /** `vfio-reset inspect`, as the user types it. */
  readonly name: string
  /** Long names of the flags, without dashes. */
  readonly flags: readonly string[]
}

/**
 * An error of oclif's parser in our own words: one sentence, no colour, no dump of the parser. Its classes are not exported,
 * so they are told apart by what they carry. Anything that is not the parser's comes back unchanged.
 */
export function translateParseError(error: unknown, command: CommandShape): unknown {
  const hint = `\`${command.name} --help\` lists what it accepts.`
  if (error instanceof UsageError) {
    // Thrown by a flag's own `parse`, and wrapped by oclif.
    return new UsageError(sentence(error.message), { hint: error.hint ?? hint })
  }
  if (!(error instanceof Error) || !('oclif' in error)) return error
  if ('flags' in error && isTexts(error.flags)) return unknownFlag(error.flags, command)
  if ('args' in error && isTexts(error.args)) {
    return new UsageError(`Unexpected argument ${quoted(error.args)}.`, { hint })
  }
  const missing = 'args' in error ? namesOf(error.args) : []
  if (missing.length > 0) {
    return new UsageError(`Missing ${missing.join(' and ')}.`, { hint })
  }
  return new UsageError(sentence(error.message), { hint })
}

/** Names of the arguments that have to be given and were not, as the usage line shows them. */
function namesOf(args: unknown): readonly string[] {
  if (!Array.isArray(args)) return []
  return args.flatMap((arg: unknown) =>
    typeof arg === 'object' && arg !== null && 'name' in arg && typeof arg.name === 'string'
      ? [arg.name.toUpperCase()]
      : [],
  )
}

function unknownFlag(given: readonly string[], { name, flags }: CommandShape): UsageError {
  const texts = given.map((text) => text.split('=', 1).join(''))
  const candidates = flags.map((flag) => `--${flag}`)
  const near = texts.length === 1 ? nearest(texts.join(''), candidates) : undefined
  return new UsageError(`Unknown flag ${quoted(texts)}.`, {
    hint: near === undefined ? `\`${name} --help\` lists the flags.` : `Did you mean ${near}?`,
  })
}

/** The first thing that oclif says is wrong; around it stand a heading, dim text and a pointer to the help. */
function sentence(message: string): string {
  const text = message
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences start with one.
    .replace(/\u001b\[[0-9;]*m/g, '')
    .replace(/^(?:The following errors? occurred:|Parsing --\S+)\s+/, '')
    .split('\n', 1)
    .join('')
    .trimEnd()
    .replace(/^Missing required flag /, 'Missing --')
    .replace(/^All of the following must be provided when using (--\S+): /, '$1 goes with ')
    .replace(
      /^(--[^\s=]+)=\S+ cannot also be provided when using (--\S+)$/,
      '$1 does not go with $2',
    )
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(', ')
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string')
}
