import { expect, it } from 'vitest'
import { ExitCode } from '../src/cli/exit-code.js'
import { COMMANDS } from '../src/commands/index.js'
import { SCHEMA_VERSION } from '../src/document/envelope.js'

/** What a flag looks like from outside, as far as oclif's types of flags have it in common. */
interface FlagShape {
  readonly type: string
  readonly char?: string
  readonly multiple?: boolean
  readonly options?: readonly string[]
}

it('changes nothing that scripts rely on by accident: commands, arguments, flags, exit codes', async () => {
  const lines = [`schemaVersion ${SCHEMA_VERSION}`]
  for (const [name, code] of Object.entries(ExitCode)) lines.push(`exit ${code} ${name}`)
  for (const [name, load] of Object.entries(COMMANDS)) {
    const { default: command } = await load()
    lines.push('', name)
    for (const [arg, { multiple }] of Object.entries(command.args)) {
      lines.push(`  ${arg}${multiple === true ? '...' : ''}`)
    }
    const flags: Readonly<Record<string, FlagShape>> = { ...command.baseFlags, ...shapes(command) }
    for (const flag of Object.keys(flags).sort()) lines.push(`  ${line(flag, flags[flag])}`)
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/surface.txt')
})

function shapes(command: object): Readonly<Record<string, FlagShape>> {
  return 'flags' in command ? Object(command.flags) : {}
}

function line(name: string, flag: FlagShape | undefined): string {
  const value = flag?.type === 'option' ? ` ${flag.options?.join('|') ?? 'VALUE'}` : ''
  const char = flag?.char === undefined ? '' : `-${flag.char}, `
  return `${char}--${name}${value}${flag?.multiple === true ? ' (repeatable)' : ''}`
}
