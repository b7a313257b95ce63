import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { machine } from 'node:os'
import { readConfigFile } from '../config/config-file.js'
import {
  type BlockingReader,
  type DeadlineOptions,
  startDeadlineReader,
} from '../thread/deadline-reader.js'
import { createTextReader, readPrefix, type TextReader } from './attribute-file.js'
import { attempt, errnoFailure, failure } from './failure.js'
import { confinedPlaces, trustedPlaces } from './places.js'
import {
  ATTRIBUTE_LIMIT,
  type HostTree,
  isFailure,
  type ReadFailure,
  type TreeOrigin,
} from './tree.js'

export interface DirectoryTreeOptions {
  /** Folder that stands for `/`, as the user named it. */
  readonly root: string
  /**
   * The folder is this very host's `/`: its sysfs is the kernel's own and needs no guard. Otherwise the folder is taken
   * for hostile, and no link in it leads out of it.
   */
  readonly live: boolean
  /** Reads that can block happen in a thread with a deadline; null: at once, and without one. */
  readonly thread: DeadlineOptions | null
}

/** Deadline of a live host: longer than a device takes to wake, far shorter than a reset that hangs. */
export const LIVE_DEADLINE_MS = 5000

/** Where the kernel tells its machine name, from 6.1 on; before, `uname` stands in on a live host. */
const ARCH_PATH = 'proc/sys/kernel/arch'

/** The tree in a folder; a failure when there is no such folder. Starts the reading thread at once. */
export function openDirectoryTree(options: DirectoryTreeOptions): HostTree | ReadFailure {
  const root = findRoot(options.root)
  if (isFailure(root)) return root
  const { live, thread } = options
  const places = live ? trustedPlaces(root) : confinedPlaces(root)
  const readText = createTextReader()
  const reader = thread === null ? createPromptReader(readText) : startDeadlineReader(thread)
  const origin: TreeOrigin = live
    ? { kind: 'live', path: null }
    : { kind: 'directory', path: options.root }
  return {
    origin,
    source: origin,
    readText(path, limit = ATTRIBUTE_LIMIT) {
      const place = places.file(path)
      if (isFailure(place)) return place
      const text = readText({ path: place, limit, isAttribute: path.startsWith('sys/') })
      return live && path === ARCH_PATH && isFailure(text) ? machine() : text
    },
    readLink(path) {
      const place = places.entry(path)
      return isFailure(place) ? place : attempt(() => readlinkSync(place))
    },
    list: places.list,
    readConfigs(paths) {
      const files = paths.map((path) => {
        const place = places.file(path)
        return isFailure(place) ? place : { path: place, isKernels: live }
      })
      return readFound(files, reader.readConfigs)
    },
    readTexts: (paths) => readFound(paths.map(places.file), reader.readTexts),
    readPrefixes(requests) {
      const files = requests.map(({ path, length }) => {
        const place = places.file(path)
        return isFailure(place) ? place : { path: place, length }
      })
      return readFound(files, reader.readPrefixes)
    },
    get stuck() {
      return reader.stuck
    },
    close: reader.close,
  }
}

function findRoot(root: string): string | ReadFailure {
  return attempt(() => {
    const real = realpathSync.native(root)
    if (!lstatSync(real).isDirectory()) return errnoFailure('ENOTDIR')
    return real === '/' ? '' : real
  })
}

/** Has the files that were found read, and puts the failures of the others between the answers. */
async function readFound<File extends object | string, Answer>(
  files: readonly (File | ReadFailure)[],
  read: (found: readonly File[]) => Promise<readonly (Answer | ReadFailure)[]>,
): Promise<readonly (Answer | ReadFailure)[]> {
  const answers = await read(files.flatMap((file) => (isFailure(file) ? [] : [file])))
  let next = 0
  return files.map((file) => {
    if (isFailure(file)) return file
    next += 1
    return answers[next - 1] ?? failure('failed', 'no answer')
  })
}

/** Reads at once and in this thread. */
function createPromptReader(readText: TextReader): BlockingReader {
  return {
    readConfigs: async (files) => files.map((file) => readConfigFile(file)),
    readTexts: async (paths) =>
      paths.map((path) => readText({ path, limit: ATTRIBUTE_LIMIT, isAttribute: false })),
    readPrefixes: async (files) => files.map(readPrefix),
    stuck: false,
    close: () => undefined,
  }
}
