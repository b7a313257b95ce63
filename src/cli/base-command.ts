import { Command } from '@oclif/core/command'
import * as Flags from '@oclif/core/flags'
import type * as Interfaces from '@oclif/core/interfaces'
import { ExitCode } from './exit-code.js'
import { isJsonWanted, jsonText } from './json-text.js'
import { translateParseError } from './parse-error.js'
import { type Progress, startProgress } from './progress.js'
import { decideTerminal, type Terminal } from './terminal.js'
import { writeOut } from './write-out.js'

/** An answer in its two forms. Only the one that was asked for is made. */
export interface Answer {
  /** The document (`docs/reference/documents.md`), for `--json`. */
  readonly document: () => object
  /** The same for people; it ends with a line break. */
  readonly text: (terminal: Terminal) => string | Iterable<string>
}

/** How a command wants the process to end. */
export interface Ending {
  readonly exitCode: ExitCode
  /** A read is stuck in the kernel and would keep the process from ending. */
  readonly stuck: boolean
}

/**
 * The one base class of all commands. A command parses its flags, calls one function, hands the result to `answer` and
 * sets `exitCode`; errors it lets through, `main.ts` tells them to the user.
 */
export abstract class BaseCommand extends Command {
  static override baseFlags = {
    json: Flags.boolean({ summary: 'write one JSON document instead of text' }),
  }

  protected exitCode: ExitCode = ExitCode.answered
  protected stuck = false

  /** Runs the command. oclif's static `run` would load the whole configuration a second time. */
  async execute(): Promise<Ending> {
    await this._run()
    return { exitCode: this.exitCode, stuck: this.stuck }
  }

  abstract override run(): Promise<void>

  /** Writes the answer to stdout; when it resolves, all of it is out. */
  protected async answer({ document, text }: Answer): Promise<void> {
    await writeOut(
      process.stdout,
      this.jsonEnabled() ? jsonText(document()) : text(this.terminal()),
    )
  }

  /** By the command line alone, not by oclif's environment variable, and the same before and after it is parsed. */
  override jsonEnabled(): boolean {
    return isJsonWanted(this.argv)
  }

  protected terminal(): Terminal {
    const { isTTY, columns } = process.stdout
    return decideTerminal({ isTerminal: isTTY, columns, env: process.env })
  }

  protected progress(): Progress {
    const { stderr, env } = process
    const isTerminal = stderr.isTTY && env['TERM'] !== 'dumb'
    return startProgress({ stream: stderr, isTerminal, now: () => performance.now() })
  }

  /** oclif's own turns every error into exit 1 under `--json` and prints the parser with the user's paths. */
  protected override async catch(error: Error): Promise<never> {
    // Tells oclif not to complain, in development mode, about arguments that could not be parsed.
    this.parsed = true
    throw error
  }

  protected override async parse<
    F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
  >(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    try {
      return await super.parse(options, argv)
    } catch (error) {
      const flags = Object.keys({ ...this.ctor.flags, ...this.ctor.baseFlags, help: true })
      throw translateParseError(error, { name: `${this.config.bin} ${this.id}`, flags })
    }
  }
}
