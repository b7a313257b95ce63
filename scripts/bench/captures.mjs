import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { median, runInTurns } from './run-process.mjs'

const FEW = 10
const MANY = 60

/**
 * Processor time in ms that one more capture costs a process that has read some: the difference of two runs of `export`, which
 * calls the function that reads one. `capture`: an archive.
 */
export function measureCaptures({ tool, capture, scratch, runs }) {
  const folder = join(scratch, 'captures')
  mkdirSync(folder)
  const files = Array.from({ length: MANY }, (_, index) => join(folder, `${index}.tar.gz`))
  for (const file of files) copyFileSync(capture, file)
  const words = [...tool, 'export', '--format', 'csv']
  const commands = { few: [...words, ...files.slice(0, FEW)], many: [...words, ...files] }
  const turns = runInTurns(commands, { runs, scratch })
  return median(turns.map(({ few, many }) => (many.cpuMs - few.cpuMs) / (MANY - FEW)))
}
