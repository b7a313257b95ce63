import type { Writable } from 'node:stream'
import { watch } from '../../host/watch/watch.js'
import type { Printable } from '../../text/printable.js'
import { HostError } from '../errors.js'
import { FileOutput } from './own-output.js'

/** Pieces are gathered up to this many characters a write: one system call a line would cost more than the text. */
const BATCH_LENGTH = 64 * 1024

/**
 * Writes text to `output` and resolves when all of it was handed to the system, so that ending the process loses nothing.
 * Takes the next piece only when the last one is out. A reader that went away (`| head`) ends it quietly.
 */
export async function writeOut(
  output: Writable | FileOutput,
  text: Printable | Iterable<Printable>,
): Promise<'written' | 'reader-gone'> {
  if (!(output instanceof FileOutput)) takeOverErrors(output)
  await watch().acting()
  for (const batch of batches(typeof text === 'string' ? [text] : text)) {
    if ((await write(output, batch)) === 'reader-gone') return 'reader-gone'
  }
  return 'written'
}

/** oclif rethrows write errors from an event handler, where nobody can catch them; here every write reports its own. */
function takeOverErrors(stream: Writable): void {
  stream.removeAllListeners('error')
  stream.on('error', ignore)
}

function ignore(): void {
  // The callback of the write that failed has told its caller.
}

function* batches(pieces: Iterable<string>): Generator<string> {
  let batch = ''
  for (const piece of pieces) {
    batch += piece
    if (batch.length < BATCH_LENGTH) continue
    yield batch
    batch = ''
  }
  if (batch !== '') yield batch
}

function write(output: Writable | FileOutput, text: string): Promise<'written' | 'reader-gone'> {
  return new Promise((resolve, reject) => {
    output.write(text, (error?: Error | null) => {
      if (error === null || error === undefined) return resolve('written')
      const errno = 'code' in error && typeof error.code === 'string' ? error.code : undefined
      if (errno === 'EPIPE' || errno === 'ERR_STREAM_DESTROYED') return resolve('reader-gone')
      reject(new HostError(`Cannot write the output: ${error.message}`, { errno, cause: error }))
    })
  })
}
