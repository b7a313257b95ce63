import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCE = fileURLToPath(new URL('floor.c', import.meta.url))

/** The program of floor.c, compiled into a folder; null: there is no gcc here. */
export function compileFloor(scratch) {
  const program = join(scratch, 'floor')
  const { error, status, stderr } = spawnSync('gcc', ['-O2', '-o', program, SOURCE], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (error !== undefined) return null
  if (status !== 0) throw new Error(`floor.c does not compile: ${stderr}`)
  return program
}
