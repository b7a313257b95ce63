import process from 'node:process'
import { Readable } from 'node:stream'
import { watch } from '../../host/watch/watch.js'

/** How standard input is called where a file is expected. */
export const STDIN = '-'

/** Bytes that are kept for the process after this one, should this one be left behind. */
const MOST_KEPT = 32 * 1024 * 1024

/**
 * All of standard input. A process that works alone must not even begin to read it: the process that the work is handed over to
 * would miss what was taken. So it is touched only after the watch was asked, which is where the work is handed over.
 */
export function standardInput(): Readable {
  const kept = watch().kept(STDIN)
  return Readable.from(kept === undefined ? recorded() : [kept])
}

/** Standard input gives what it holds once only. */
async function* recorded(): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of process.stdin) {
    const bytes: Uint8Array = typeof piece === 'string' ? Buffer.from(piece) : piece
    length += bytes.length
    if (length > MOST_KEPT) pieces = []
    else pieces.push(bytes)
    yield bytes
  }
  if (length <= MOST_KEPT) watch().keep(STDIN, Buffer.concat(pieces))
}
