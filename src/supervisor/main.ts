import process from 'node:process'
import { supervise } from './supervise.js'
import { taskOf } from './task.js'

/** Runs one command line in a process of its own; false: it needs none, and nothing was done. Called by `bin/run.js` only. */
export function startSupervised(root: string): boolean {
  const task = taskOf(process.argv.slice(2))
  if (task === null) return false
  supervise(task, root)
  return true
}
