import { constants, readSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { packageFile } from '../package-file.js'
import { withRegularFile } from '../tree/attribute-file.js'
import { attempt, failure } from '../tree/failure.js'
import { isFailure, type ReadFailure } from '../tree/tree.js'

/** Where distributions put the list of names: pciutils, hwdata, Debian's `update-pciids`. */
const SYSTEM_FILES = [
  '/usr/share/misc/pci.ids',
  '/usr/share/hwdata/pci.ids',
  '/usr/share/hwdata/pci.ids.gz',
  '/usr/share/misc/pci.ids.gz',
  '/var/lib/pciutils/pci.ids',
] as const

/** Ten times what the list has now, also after decompression. */
const SIZE_LIMIT = 16 * 1024 * 1024

const GZIP_MAGIC = [0x1f, 0x8b] as const

/** The reader's own list of names, whichever place has it; null: this system has none. */
export function readSystemPciIds(files: readonly string[] = SYSTEM_FILES): Uint8Array | null {
  for (const file of files) {
    const ids = readPciIds(file)
    if (!isFailure(ids)) return ids
  }
  return null
}

/** The short list that ships with the tool, for systems that have none; null: the package is incomplete. */
export function shippedPciIds(packageRoot: string): Uint8Array | null {
  const ids = attempt(() => gunzipSync(packageFile(packageRoot, 'share/pci.ids.gz')))
  return isFailure(ids) ? null : ids
}

/** One list of names, plain or gzip-compressed. A FIFO or a device node in its place cannot hold the process. */
export function readPciIds(path: string): Uint8Array | ReadFailure {
  const bytes = readBounded(path)
  if (isFailure(bytes)) return bytes
  return GZIP_MAGIC.every((magic, at) => bytes[at] === magic) ? unpack(bytes) : bytes
}

/** Distributions put a link in its place, which is followed. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY

function readBounded(path: string): Uint8Array | ReadFailure {
  const read = (file: number, size: number) =>
    size > SIZE_LIMIT
      ? failure('truncated', `larger than ${SIZE_LIMIT} bytes`)
      : readAll(file, size)
  return withRegularFile<Uint8Array>(path, read, FLAGS)
}

function readAll(file: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let length = 0
  while (length < size) {
    const count = readSync(file, bytes, length, size - length, null)
    if (count === 0) break
    length += count
  }
  return bytes.subarray(0, length)
}

function unpack(bytes: Uint8Array): Uint8Array | ReadFailure {
  try {
    return gunzipSync(bytes, { maxOutputLength: SIZE_LIMIT })
  } catch (error) {
    return failure('malformed', error instanceof Error ? error.message : 'not gzip data')
  }
}
