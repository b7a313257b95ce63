import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from 'node:fs'
import process from 'node:process'
import { steadyFiles } from '../host/watch/steady-files.js'

/** Most that is taken; whoever reads it says that it is too much. */
const LIMIT = 16 * 1024 * 1024 + 1

/** A pipe whose writer has nothing yet is asked again after so many milliseconds. */
const PAUSE_MS = 2

/**
 * Hands over all of standard input within some milliseconds; null: it cannot be read to its end, or only by somebody who is
 * waited for.
 */
export function readStandardInput(ms: number, use: (bytes: Buffer | null) => void): void {
  const stat = fstatSync(0)
  if (stat.isFIFO()) use(readPipe(performance.now() + ms))
  else if (stat.isFile()) use(isSteadyInput() ? readToEnd(0, 0) : null)
  else if (stat.isSocket()) readSocket(ms, use)
  else use(null)
}

/** Opened once more, since nobody else must find it non-blocking. An event loop for it would load half of Node's networking. */
function readPipe(until: number): Buffer | null {
  const file = openSync(STANDARD_INPUT, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    return readToEnd(file, until)
  } finally {
    closeSync(file)
  }
}

/** Standard input by another name, as the kernel has it. */
const STANDARD_INPUT = '/proc/self/fd/0'

function isSteadyInput(): boolean {
  return steadyFiles().isSteady(readlinkSync(STANDARD_INPUT))
}

/** null: the end had not come by then. */
function readToEnd(file: number, until: number): Buffer | null {
  const pieces: Buffer[] = []
  for (let length = 0; length < LIMIT; ) {
    const piece = readSome(file, until)
    if (piece === null) return null
    if (piece.length === 0) break
    pieces.push(piece)
    length += piece.length
  }
  return Buffer.concat(pieces)
}

/** Empty at the end. */
function readSome(file: number, until: number): Buffer | null {
  const piece = Buffer.allocUnsafe(65_536)
  for (;;) {
    try {
      return piece.subarray(0, readSync(file, piece, 0, piece.length, null))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      if (performance.now() > until) return null
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
    }
  }
}

function readSocket(ms: number, use: (bytes: Buffer | null) => void): void {
  const pieces: Buffer[] = []
  let length = 0
  const end = (bytes: Buffer | null) => {
    clearTimeout(late)
    process.stdin.removeAllListeners()
    process.stdin.destroy()
    // The work waits for nothing, so it must not begin while promises are being resolved.
    setImmediate(use, bytes)
  }
  const late = setTimeout(end, ms, null)
  process.stdin
    .on('data', (piece: Buffer) => {
      pieces.push(piece)
      length += piece.length
      if (length >= LIMIT) end(Buffer.concat(pieces))
    })
    .on('end', () => end(Buffer.concat(pieces)))
    .on('error', () => end(null))
}
