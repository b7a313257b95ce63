import { spawn, spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { NODE } from '../support/tool-node.js'

const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
/** More than a pipe holds. */
const LINE = ['inspect', '--demo', '--json']

let scratch = ''
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'vfio-reset-output-'))
})
afterAll(() => rmSync(scratch, { recursive: true }))

const written = () => {
  const { stdout, status } = spawnSync(NODE, [BIN, ...LINE], { encoding: 'utf8' })
  expect([status, stdout.length > 65_536]).toEqual([0, true])
  return stdout
}

function run(output: number, error: number | 'ignore' = 'ignore'): Promise<number | null> {
  const child = spawn(NODE, [BIN, ...LINE], { stdio: ['ignore', output, error] })
  return new Promise((resolve) => child.on('close', resolve))
}

it('a file gets all of it', async () => {
  const path = join(scratch, 'file')
  const file = openSync(path, 'w')
  expect(await run(file)).toBe(0)
  closeSync(file)
  expect(readFileSync(path, 'utf8')).toBe(written())
})

it('a reader of a pipe that somebody made non-blocking gets all of it, however late it reads', async () => {
  const path = join(scratch, 'pipe')
  spawnSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  const ended = run(writer)
  closeSync(writer)
  await setTimeout(500)
  const { stdout } = spawnSync('cat', [path], { encoding: 'utf8' })
  closeSync(reader)
  expect(await ended).toBe(0)
  expect(stdout).toBe(written())
})

it('a reader that takes nothing does not hold the process', async () => {
  const path = join(scratch, 'late')
  spawnSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY)
  const ended = run(writer)
  // A process that is blocked in a write answers no signal and counts as one that works.
  while (!isNonBlocking(writer)) await setTimeout(50)
  closeSync(writer)
  const { stdout } = spawnSync('cat', [path], { encoding: 'utf8' })
  closeSync(reader)
  expect(await ended).toBe(0)
  expect(stdout).toBe(written())
})

/** Whether somebody who shares the open file made it so (`flags` of its fdinfo, octal). */
function isNonBlocking(file: number): boolean {
  const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, 'utf8'))?.[1]
  return (Number.parseInt(flags ?? '0', 8) & constants.O_NONBLOCK) !== 0
}

it('a device that takes nothing is told of', async () => {
  const path = join(scratch, 'error')
  const full = openSync('/dev/full', 'w')
  const error = openSync(path, 'w')
  expect(await run(full, error)).toBe(3)
  expect(readFileSync(path, 'utf8')).toMatch(/^vfio-reset: Cannot write the output: ENOSPC/)
})
