import type { Readable } from 'node:stream'
import { INPUT_LIMIT } from '../preflight/inputs/vm-input.js'
import { UsageError } from './errors.js'

/**
 * Everything that a stream gives, as text. Unlike a synchronous read it can be given up when it takes too long: the other
 * end may be a file system in user space, or somebody who never closes the pipe.
 */
export async function readText(stream: Readable, what: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    const bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    length += bytes.length
    if (length > INPUT_LIMIT) {
      stream.destroy()
      throw new UsageError(`${what} is larger than ${INPUT_LIMIT / 1_048_576} MiB.`)
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}
