import type { Command } from '@oclif/core/command'
import { Help } from '@oclif/core/help'
import { POLICIES } from '../policy/policies/index.js'
import { type Printable, printableLines } from '../text/printable.js'
import { EXIT_WORDS } from './exit-code.js'
import { OclifConfig } from './oclif-config.js'

/** The help of a command, or of the tool. In a module of its own, so that oclif's help is loaded only to be shown. */
export async function helpText(root: string, argv: string[]): Promise<Printable> {
  const config = new OclifConfig(root)
  await config.load()
  const help = new HelpWithCodes(config)
  await help.showHelp(argv)
  // Colours are oclif's own; it makes none where there is no terminal.
  return printableLines(help.told.join('\n').split('\n'), { color: true })
}

/** What people ask first, in the order in which they do; the rest is for those who know what they look for. */
const FIRST = ['inspect', 'preflight', 'explain', 'reset', 'report', 'doctor', 'demo']

/** oclif's help, which policies there are, and what the exit codes mean: whoever scripts against a command looks there. */
class HelpWithCodes extends Help {
  readonly told: string[] = []

  /** oclif's own would load its spinner on a terminal, which is not part of the bundle. */
  protected override log(...parts: string[]): void {
    this.told.push(parts.join(' '))
  }

  protected override formatCommand(command: Command.Loadable): string {
    const sections = [super.formatCommand(command).trimEnd(), this.exitCodes()]
    if ('policy' in command.flags) sections.splice(1, 0, this.policies())
    return `${sections.join('\n\n')}\n`
  }

  override formatRoot(): string {
    return `${super.formatRoot().trimEnd()}\n\n${this.exitCodes()}`
  }

  protected override formatCommands(commands: Command.Loadable[]): string {
    const own = FIRST.flatMap((id) => commands.find((command) => command.id === id) ?? [])
    const others = commands.filter((command) => !own.includes(command))
    if (own.length === 0) return super.formatCommands(commands)
    return [
      super.formatCommands(own).trimEnd(),
      super.formatCommands(others).replace(/COMMANDS/, 'MORE COMMANDS'),
    ].join('\n\n')
  }

  private policies(): string {
    const width = Math.max(...POLICIES.map(({ id }) => id.length))
    const rows = POLICIES.map(({ id, title }) => `${id.padEnd(width)}  ${title}`)
    return this.section('POLICIES', rows.join('\n'))
  }

  private exitCodes(): string {
    const rows = Object.entries(EXIT_WORDS).map(([code, words]) => [code.padStart(2), words])
    return this.section('EXIT CODES', rows.map((row) => row.join('  ')).join('\n'))
  }
}
