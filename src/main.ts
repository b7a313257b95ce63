import { closeSync } from 'node:fs'
import type { Ending } from './cli/base-command.js'
import { UsageError } from './cli/errors.js'
import { EXIT_WORDS, ExitCode } from './cli/exit-code.js'
import { nearest } from './cli/input/nearest.js'
import { stopOptimizing } from './cli/late-optimizing.js'
import { isJsonWanted, jsonText } from './cli/output/json-text.js'
import { standardOutput, writeToFiles } from './cli/output/own-output.js'
import { reportError } from './cli/output/report-error.js'
import { writeOut } from './cli/output/write-out.js'
import { runAlone } from './cli/run-alone.js'
import { TOOL } from './cli/tool.js'
import { versionLine } from './cli/version-line.js'
import { COMMANDS, isCommandName } from './commands/index.js'
import { createLoneWatch, HandOver } from './host/watch/lone-watch.js'
import type { KeptInput } from './host/watch/messages.js'
import { steadyFiles } from './host/watch/steady-files.js'
import { watch, watchBy } from './host/watch/watch.js'
import { openWatchChannel } from './host/watch/watch-channel.js'
import { type Printable, printableSentences } from './text/printable.js'

// The build asks for both: the help's manifest and the man pages come of them.
export { COMMANDS, EXIT_WORDS }

/**
 * Runs one command line and ends the process. `root` is the folder of the package. Called by `bin/run.js` for what touches no file
 * that could hang.
 */
export async function start(root: string): Promise<void> {
  process.exitCode = (await run(root, nextTurn())).exitCode
}

/**
 * The same in a process that another one waits for (`src/supervisor`). `wish` is what that one asks for, as JSON; it hears of
 * everything through the file `channel`.
 */
export async function startWatched(root: string, wish: string, channel: number): Promise<void> {
  watchBy(openWatchChannel(channel, JSON.parse(wish)))
  const ending = await run(root, nextTurn())
  process.exitCode = ending.exitCode
  // Whoever passes our output on sees by that where it ends.
  for (const file of [1, 2]) closeSync(file)
  watch().end(ending)
}

/**
 * The same in this process, as long as it needs nobody who waits for it: what cannot hang, costs little and waits for nothing.
 * Otherwise `handOver` is called, and nothing was written or done. `kept` is what standard input held.
 */
export function startAlone(root: string, kept: readonly KeptInput[], handOver: () => void): void {
  const lone = createLoneWatch({
    steadyPaths: steadyFiles,
    kept,
    mebibytes: () => process.memoryUsage.rss() / 1_048_576,
    expectMany: stopOptimizing,
  })
  watchBy(lone)
  runAlone({
    watch: lone,
    run: () => run(root),
    ended({ exitCode }) {
      process.exitCode = exitCode
    },
    handOver,
    failed: (error) => void reportError(error, { json: false }).then(endWith),
  })
}

/** What somebody had Node load before us (`NODE_OPTIONS`) fails then, before there is an answer. */
function nextTurn(): Promise<unknown> {
  return new Promise(setImmediate)
}

/** `ready`: what to wait for before anything is done. */
async function run(root: string, ready?: Promise<unknown>): Promise<Ending> {
  const argv = process.argv.slice(2)
  let isAnswered = false
  let hasCrashed = false
  writeToFiles()
  process.on('uncaughtException', (error) => {
    if (error instanceof HandOver) return
    hasCrashed = true
    // A crash must not look like a "no": Node's own code for it is 1.
    const json = isJsonWanted(argv) && !isAnswered
    void reportError(error, { json }).then(endWith, () => endWith(ExitCode.bug))
  })
  await ready
  if (hasCrashed) return new Promise(() => undefined)
  const ending = await main(argv, root)
  isAnswered = true
  return ending
}

function endWith(exitCode: ExitCode): void {
  watch().end({ exitCode, stuck: false })
  process.exit(exitCode)
}

/** Runs one command line. Nothing is thrown: what goes wrong has been told when it resolves. */
export async function main(argv: readonly string[], root: string): Promise<Ending> {
  try {
    return await dispatch(argv, root)
  } catch (error) {
    return { exitCode: await reportError(error, { json: isJsonWanted(argv) }), stuck: false }
  }
}

async function dispatch(argv: readonly string[], root: string): Promise<Ending> {
  const [first, ...rest] = argv
  if (first === 'help') return dispatch([...rest, '--help'], root)
  if (first === '--version') return printVersion(isJsonWanted(rest))
  if (first === undefined) return dispatch(['welcome'], root)
  if (first === '--help' || first === '-h') return printHelp(root, [])
  if (!isCommandName(first)) throw unknownCommand(first)
  if (isHelpWanted(rest)) return printHelp(root, [first])
  const { default: CommandClass } = await COMMANDS[first]()
  const { OclifConfig } = await import('./cli/oclif-config.js')
  const command = new CommandClass(rest, new OclifConfig(root))
  command.id = first
  return command.execute()
}

async function printVersion(asJson: boolean): Promise<Ending> {
  const line = printableSentences(versionLine(process))
  await writeOut(standardOutput(), asJson ? await versionJson() : line)
  return { exitCode: ExitCode.answered, stuck: false }
}

async function versionJson(): Promise<Iterable<Printable>> {
  const { versionDocument } = await import('./cli/version-document.js')
  return jsonText(versionDocument(process))
}

async function printHelp(root: string, argv: string[]): Promise<Ending> {
  const { helpText } = await import('./cli/help.js')
  await writeOut(standardOutput(), await helpText(root, argv))
  return { exitCode: ExitCode.answered, stuck: false }
}

function isHelpWanted(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).some((word) => word === '--help' || word === '-h')
}

function unknownCommand(word: string): UsageError {
  if (word.startsWith('-')) {
    return new UsageError(`Expected a command before "${word}".`, {
      hint: `\`${TOOL.name} --help\` lists the commands.`,
    })
  }
  return new UsageError(`Unknown command "${word}".`, { hint: hintFor(word) })
}

/** People type the device and forget the verb. */
function hintFor(word: string): string {
  if (/[0-9a-f]:/i.test(word)) return `Did you mean \`${TOOL.name} inspect ${word}\`?`
  const near = nearest(word, Object.keys(COMMANDS))
  return near === undefined
    ? `\`${TOOL.name} --help\` lists the commands.`
    : `Did you mean "${near}"?`
}
