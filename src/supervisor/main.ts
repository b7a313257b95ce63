import { accessSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { KeptInput } from '../host/watch/messages.js'
import { readStandardInput } from './standard-input.js'
import { supervise } from './supervise.js'
import { type Task, taskOf } from './task.js'

/** What is needed of the bundle that does the work (`src/main.ts`). */
interface Main {
  start(root: string): Promise<void>
  startAlone(root: string, kept: readonly KeptInput[], handOver: () => void): void
}

/**
 * Runs one command line: in this process if it can, in one that can be left behind if it must (`docs/adr/0007`). Called by
 * `bin/run.js` only.
 */
export function begin(root: string, loadMain: () => Main): void {
  const task = taskOf(process.argv.slice(2))
  if (task === null) void loadMain().start(root)
  else if (task.alone === 'no') supervise(task, root, [])
  else if (task.alone === 'yes') alone(task, root, loadMain, [])
  else {
    readStandardInput(task.patience.all ?? 0, (bytes) => {
      const kept = bytes === null ? [] : [{ path: '-', base64: bytes.toString('base64') }]
      if (bytes === null) supervise(task, root, kept)
      else alone(task, root, loadMain, kept)
    })
  }
}

function alone(task: Task, root: string, loadMain: () => Main, kept: readonly KeptInput[]): void {
  const handOver = () => supervise(task, root, kept)
  const startAlone = ofWholePackage(root, loadMain)
  if (startAlone === null) handOver()
  else startAlone(root, kept, handOver)
}

/** null: the installation is broken, which is told by who waits. */
function ofWholePackage(root: string, loadMain: () => Main): Main['startAlone'] | null {
  try {
    // It may have to be handed over.
    accessSync(join(root, 'bin', 'watched.js'))
    const { startAlone } = loadMain()
    return typeof startAlone === 'function' ? startAlone : null
  } catch {
    return null
  }
}
