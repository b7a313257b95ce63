import { accessSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { standardOutput, writeToFiles } from '../cli/output/own-output.js'
import { writeOut } from '../cli/output/write-out.js'
import { versionLine } from '../cli/version-line.js'
import { INSIDE } from '../host/package-file.js'
import type { KeptInput } from '../host/watch/messages.js'
import { printableSentences } from '../text/printable.js'
import { readStandardInput } from './standard-input.js'
import { isPlainNothing, type Task, taskOf } from './task.js'

/** What is needed of the bundle that does the work (`src/main.ts`). */
export interface Main {
  start(root: string): Promise<void>
  startAlone(root: string, kept: readonly KeptInput[], handOver: () => void): void
}

/** Where the work comes from and goes to. */
export interface Package {
  /** Its folder. */
  readonly root: string
  /** Loads the bundle that has what a command line needs. */
  readonly loadMain: (argv: readonly string[]) => Main
  /** Tells what went wrong where nothing else can. */
  readonly broken: (error: unknown) => void
}

/**
 * Runs one command line: in this process if it can, in one that can be left behind if it must (`docs/adr/0007`, `0008`). Called by
 * `bin/run.js` only.
 */
export function begin(whole: Package): void {
  const argv = process.argv.slice(2)
  // Asked by service managers and around every start of every VM: not worth a bundle.
  if (isPlainNothing(argv)) return
  if (argv.length === 1 && argv[0] === '--version') {
    writeToFiles()
    writeOut(standardOutput(), printableSentences(versionLine(process))).catch(whole.broken)
    return
  }
  const task = taskOf(argv)
  if (task === null) whole.loadMain(argv).start(whole.root).catch(whole.broken)
  else if (task.alone === 'no') supervised(task, whole, [])
  else if (task.alone === 'yes') alone(task, whole, [])
  else {
    readStandardInput(task.patience.all ?? 0, (bytes) => {
      if (bytes === null) supervised(task, whole, [])
      else alone(task, whole, [{ path: '-', base64: bytes.toString('base64') }])
    })
  }
}

/** Starting a process takes more of Node than working alone. */
function supervised(task: Task, { root, broken }: Package, kept: readonly KeptInput[]): void {
  import('./supervise.js').then(({ supervise }) => supervise(task, root, kept)).catch(broken)
}

function alone(task: Task, whole: Package, kept: readonly KeptInput[]): void {
  const handOver = () => supervised(task, whole, kept)
  const startAlone = ofWholePackage(whole, task.argv)
  if (startAlone === null) handOver()
  else startAlone(whole.root, kept, handOver)
}

/** null: the installation is broken, which is told by who waits. */
function ofWholePackage(
  { root, loadMain }: Package,
  argv: readonly string[],
): Main['startAlone'] | null {
  try {
    // It may have to be handed over.
    if (root !== INSIDE) accessSync(join(root, 'bin', 'watched.js'))
    const { startAlone } = loadMain(argv)
    return typeof startAlone === 'function' ? startAlone : null
  } catch {
    return null
  }
}
