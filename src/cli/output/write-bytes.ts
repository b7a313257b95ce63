import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { HostError } from '../errors.js'
import { tooLarge } from './write-atomically.js'

/** Writes bytes to a stream that is no file of ours; how many. A reader that goes away is an error: it has half of it. */
export async function writeBytes(
  stream: Writable,
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<number> {
  // oclif rethrows write errors from an event handler, where nobody can catch them.
  stream.removeAllListeners('error')
  const failed = new Promise<never>((_, reject) => stream.once('error', reject))
  failed.catch(() => undefined)
  let bytes = 0
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > maxBytes) throw tooLarge('standard output', maxBytes)
      if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), failed])
    }
    const flushed = new Promise<void>((resolve) => stream.write('', () => resolve()))
    await Promise.race([flushed, failed])
    return bytes
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new HostError(`Cannot write the capture to standard output: ${String(error.code)}.`, {
      errno: String(error.code),
      cause: error,
    })
  }
}
