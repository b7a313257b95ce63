import { randomBytes } from 'node:crypto'
import { closeSync, constants, fsync, lstatSync, openSync, unlinkSync, write } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { watch } from '../../host/watch/watch.js'
import { errnoOf, HostError, UsageError } from '../errors.js'

/** A file to be written whole or not at all. */
export interface WholeFile {
  readonly file: string
  /** Permissions, before the umask. */
  readonly mode: number
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  /** Largest size in bytes. */
  readonly maxBytes: number
}

/**
 * Signals that end a process and can be caught, but for those of its own faults: after them no listener can run. Node knows no
 * real-time signals, and keeps SIGPROF and SIGPIPE to itself.
 */
const SIGNALS = [
  ...(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGABRT', 'SIGALRM', 'SIGVTALRM'] as const),
  ...([
    'SIGUSR1',
    'SIGUSR2',
    'SIGXCPU',
    'SIGXFSZ',
    'SIGIO',
    'SIGPWR',
    'SIGSYS',
    'SIGSTKFLT',
  ] as const),
]

/**
 * Writes a file under another name in the same folder and renames it when all of it is on the disk; how many bytes it has.
 * Whatever happens before, an error, a full disk, a signal that can be caught, leaves neither half a file nor the other name.
 * (`O_TMPFILE` would have no other name, but Node has no `linkat` to give it one, and that cannot replace a file.)
 */
export async function writeAtomically(whole: WholeFile): Promise<number> {
  const { file } = whole
  // Its length does not depend on the file's: that may be as long as a name can be.
  const draft = join(dirname(file), `.vfio-reset-${randomBytes(6).toString('hex')}.tmp`)
  await watch().acting()
  const guard = guardDraft(draft)
  try {
    checkTarget(file)
    // Synchronously: a signal between the creation and the note of it would leave the draft behind.
    const descriptor = openSync(draft, OPEN_FLAGS, whole.mode)
    guard.arm()
    const bytes = await fill(descriptor, whole)
    await rename(draft, file)
    guard.disarm()
    await syncFolder(dirname(file))
    return bytes
  } catch (error) {
    throw writeError(file, error)
  } finally {
    guard.release()
  }
}

const OPEN_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** A device or a FIFO must not be replaced by a file of the same name, least of all by root. */
function checkTarget(file: string): void {
  const stat = lstatSync(file, { throwIfNoEntry: false })
  if (stat === undefined || stat.isFile()) return
  const what = stat.isDirectory() ? 'a folder' : 'no regular file'
  throw new UsageError(`Cannot write ${file}: it is ${what}.`, {
    path: file,
    hint: 'Name a new file, or `-` for standard output.',
  })
}

async function fill(descriptor: number, { file, chunks, maxBytes }: WholeFile): Promise<number> {
  let bytes = 0
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > maxBytes) throw tooLarge(file, maxBytes)
      await writeAll(descriptor, chunk)
    }
    await promisify(fsync)(descriptor)
  } finally {
    closeSync(descriptor)
  }
  return bytes
}

async function writeAll(descriptor: number, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await promisify(write)(descriptor, chunk, done)
    done += bytesWritten
  }
}

export function tooLarge(file: string, maxBytes: number): UsageError {
  return new UsageError(`Cannot write ${file}: it would be larger than ${maxBytes} bytes.`, {
    path: file,
    hint: 'Allow more with --max-size, such as --max-size 1G.',
  })
}

/** Removes the draft unless it was renamed, also when the process is told to end; then it ends as if nobody had listened. */
function guardDraft(draft: string) {
  let isThere = false
  const remove = () => {
    if (!isThere) return
    isThere = false
    try {
      unlinkSync(draft)
    } catch {
      // Somebody was faster: what matters is that it is gone.
    }
  }
  const end = (signal: NodeJS.Signals) => {
    remove()
    release()
    process.kill(process.pid, signal)
  }
  const release = () => {
    remove()
    for (const signal of SIGNALS) process.off(signal, end)
    process.off('exit', remove)
  }
  for (const signal of SIGNALS) process.on(signal, end)
  process.on('exit', remove)
  return {
    arm: () => {
      isThere = true
    },
    disarm: () => {
      isThere = false
    },
    release,
  }
}

/** The new name survives a power cut only once the folder is on the disk; not every file system can be asked for that. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    // The file is whole and in its place; that it may not outlast a power cut right now is no reason to fail.
  }
}

/** Folder and permissions are the caller's to choose; a disk that is full or broken is not. */
function writeError(file: string, error: unknown): unknown {
  if (error instanceof UsageError) return error
  const errno = errnoOf(error)
  if (errno === undefined || !/^E[A-Z0-9]+$/.test(errno)) return error
  const facts = { path: file, errno, cause: error }
  const why = REASONS.get(errno)
  if (why !== undefined) return new UsageError(`Cannot write ${file}: ${why}.`, facts)
  const reason = errno === 'ENOSPC' || errno === 'EDQUOT' ? 'there is no space left' : errno
  return new HostError(`Cannot write ${file}: ${reason}.`, facts)
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'its folder does not exist'],
  ['ENOTDIR', 'its folder is no folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ELOOP', 'its links go round in a circle'],
])
