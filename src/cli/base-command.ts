import { Command } from '@oclif/core/command'
import * as Flags from '@oclif/core/flags'
import type * as Interfaces from '@oclif/core/interfaces'
import { watch } from '../host/watch/watch.js'
import type { Printable } from '../text/printable.js'
import type { Style } from '../text/style.js'
import type { WrittenDocument } from './documents.js'
import { ExitCode } from './exit-code.js'
import { translateParseError } from './input/parse-error.js'
import { isJsonWanted, jsonText } from './output/json-text.js'
import { standardError, standardOutput } from './output/own-output.js'
import { type Progress, startProgress } from './output/progress.js'
import { reportError } from './output/report-error.js'
import { COLOR_WISHES, canShowProgress, colorWish, decideTerminal } from './output/terminal.js'
import { writeOut } from './output/write-out.js'
import type { Framed } from './with-host.js'

/** An answer in its two forms. Only the one that was asked for is made. */
export interface Answer {
  /** The document (`docs/reference/documents.md`), for `--json`. */
  readonly document: () => WrittenDocument
  /** The same for people; it ends with a line break. */
  readonly text: (terminal: Style) => Printable | Iterable<Printable>
  /** What is said beside it, on stderr, once it is out. */
  readonly aside?: Printable | Iterable<Printable>
  /** How the process ends; left out: the question was answered, with nothing wrong. */
  readonly exitCode?: ExitCode
}

/** How a command wants the process to end. */
export interface Ending {
  readonly exitCode: ExitCode
  /** A call is stuck in the kernel and would keep the process from ending. */
  readonly stuck: boolean
}

/** Examples of the help: what for, and the command line. */
export function examples(lines: Readonly<Record<string, string>>) {
  return Object.entries(lines).map(([description, command]) => ({ description, command }))
}

/** The one base class of all commands: a command parses its flags, makes one call, and hands its result to `answer`. */
export abstract class BaseCommand extends Command implements Framed {
  static override baseFlags = {
    json: Flags.boolean({ summary: 'write one JSON document instead of text' }),
    color: Flags.option({
      summary: 'colour the text (default: auto, on a terminal)',
      options: COLOR_WISHES,
    })(),
  }

  exitCode: ExitCode = ExitCode.answered
  stuck = false
  private progress: Progress | undefined

  /**
   * Runs the command, and tells the user of an error. oclif's static `run` would load the whole configuration a second
   * time, and its own way with errors ends in exit 1 under `--json`.
   */
  async execute(): Promise<Ending> {
    try {
      await this._run()
    } catch (error) {
      this.stopProgress()
      this.exitCode = await reportError(error, { json: this.jsonEnabled() })
    }
    return { exitCode: this.exitCode, stuck: this.stuck }
  }

  abstract override run(): Promise<void>

  /** oclif's own logs, and warns of what is deprecated: it would load for nothing what that takes. */
  protected override async init(): Promise<void> {}

  phase(text: string): Promise<void> {
    // Whatever comes first, no file is waited for until one is touched.
    watch().working()
    this.progress ??= this.startProgress()
    return this.progress.phase(text)
  }

  /** Writes the answer to stdout; when it resolves, all of it is out. */
  async answer({ document, text, aside, exitCode }: Answer): Promise<void> {
    this.stopProgress()
    await writeOut(
      standardOutput(),
      this.jsonEnabled() ? jsonText(document()) : text(this.terminal()),
    )
    if (aside !== undefined) await this.say(aside)
    if (exitCode !== undefined) this.exitCode = exitCode
  }

  /** Writes an answer that is made while it is written, until its end or until nobody reads it any more. */
  async stream(pieces: AsyncIterable<Printable>): Promise<void> {
    for await (const piece of pieces) {
      this.stopProgress()
      if ((await writeOut(standardOutput(), piece)) === 'reader-gone') return
    }
  }

  /** Keeps an answer for the case that a read hangs which this process cannot be begun anew for. */
  keepInReserve({ document, text, exitCode = ExitCode.answered }: Answer): void {
    const pieces = this.jsonEnabled() ? jsonText(document()) : text(this.terminal())
    const stdout = typeof pieces === 'string' ? pieces : [...pieces].join('')
    watch().reserve({ stdout, stderr: '', exitCode })
  }

  /** Tells the user something on stderr: stdout holds nothing but the answer. */
  async say(text: Printable | Iterable<Printable>): Promise<void> {
    this.stopProgress()
    await writeOut(standardError(), text)
  }

  terminal(): Style {
    const { isTTY, columns } = standardOutput()
    const color = colorWish(this.argv)
    return decideTerminal({ isTerminal: isTTY, columns, env: process.env, color })
  }

  /** By the command line alone, not by oclif's environment variable, and the same before and after it is parsed. */
  override jsonEnabled(): boolean {
    return isJsonWanted([this.id ?? '', ...this.argv])
  }

  private startProgress(): Progress {
    const { isTTY, columns } = standardError()
    return startProgress({
      get stream() {
        return process.stderr
      },
      isTerminal:
        watch().isSeen && canShowProgress({ isTerminal: isTTY, columns, env: process.env }),
      now: () => performance.now(),
    })
  }

  private stopProgress(): void {
    this.progress?.stop()
    this.progress = undefined
  }

  /** oclif's own prints the parser with the user's paths. */
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
