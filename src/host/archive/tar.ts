import {
  BLOCK,
  type Header,
  type LongNames,
  longNames,
  NAME_TYPES,
  NO_HEADER,
  parseHeader,
} from './tar-header.js'

/** One entry of a tar archive; directories, files and symbolic links are all that a capture holds. */
export type TarEntry =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  /** A file whose content nobody wants. */
  | { readonly kind: 'skipped'; readonly path: string }

/** Bounds within which an archive is read at all. Whoever made it may be hostile. */
export interface TarLimits {
  readonly entries: number
  /** Characters of a path, and of a link's target. */
  readonly pathLength: number
  /** Folders above one entry. */
  readonly depth: number
  /** Bytes of one file that is kept. */
  readonly fileBytes: number
  /** Bytes that all that is kept may take, paths and bookkeeping included. */
  readonly keptBytes: number
}

/** Reads an archive that comes in pieces. A string is the phrase that says what is wrong with it, and ends the reading. */
export interface TarReader {
  push(chunk: Uint8Array): string | undefined
  /** Bytes that what is kept takes up to now. */
  readonly kept: number
  /** The end mark was seen: what follows is of no concern. */
  readonly isComplete: boolean
  /** No more pieces come. */
  end(): readonly TarEntry[] | string
}

/** Longest name that a header of its own may carry, with its pax keywords. */
const NAMES_LIMIT = 65_536

/** What an entry takes besides its text and bytes, as measured: objects, map slots. */
const ENTRY_COST = 600

const TOO_LONG = 'it holds a path that is too long'
const TOO_MUCH = 'it holds more than a capture can'

/** `isWanted`: whether the content of a file is kept. */
export function createTarReader(limits: TarLimits, isWanted: (path: string) => boolean): TarReader {
  const entries: TarEntry[] = []
  const block = Buffer.alloc(BLOCK)
  let blockLength = 0
  let names: LongNames = {}
  let body: Body | undefined
  let kept = 0
  let complete = false

  function keep(entry: TarEntry): string | undefined {
    const target = entry.kind === 'link' ? entry.target : ''
    if (Math.max(entry.path.length, target.length) > limits.pathLength) {
      return TOO_LONG
    }
    if (depthOf(entry.path) > limits.depth) return 'it holds a path that is too deep'
    kept += ENTRY_COST + entry.path.length + target.length
    if (entry.kind === 'file') kept += entry.bytes.length
    if (kept > limits.keptBytes) return TOO_MUCH
    return entries.push(entry) > limits.entries
      ? `it holds more than ${limits.entries} entries`
      : undefined
  }

  function startEntry(): string | undefined {
    if (block[0] === 0 && block.equals(NO_HEADER)) {
      complete = true
      return undefined
    }
    const header = parseHeader(block)
    if (typeof header === 'string') return header
    return NAME_TYPES.has(header.type) ? startNames(header) : startNamed({ ...header, ...names })
  }

  function startNames(header: Header): string | undefined {
    if (header.size > NAMES_LIMIT) return TOO_LONG
    return startBody({ header, entry: undefined, isKept: true })
  }

  function startNamed(header: Header): string | undefined {
    const entry = entryOf(header, isWanted)
    if (typeof entry === 'string') return entry
    const isKept = entry.kind === 'file'
    if (isKept && header.size > limits.fileBytes) {
      return `it holds a file of more than ${limits.fileBytes} bytes`
    }
    if (isKept && kept + header.size > limits.keptBytes) return TOO_MUCH
    return startBody({ header, entry, isKept })
  }

  function startBody(start: Pick<Body, 'header' | 'entry' | 'isKept'>): string | undefined {
    const { size } = start.header
    const started: Body = {
      ...start,
      size,
      bytes: new Uint8Array(start.isKept ? size : 0),
      done: 0,
    }
    body = started
    return size === 0 ? endEntry(started) : undefined
  }

  function endEntry({ header, entry, bytes }: Body): string | undefined {
    body = undefined
    if (entry === undefined) {
      names = { ...names, ...longNames(header.type, bytes) }
      return undefined
    }
    names = {}
    return keep(entry.kind === 'file' ? { ...entry, bytes } : entry)
  }

  /** Takes of a body, or of the padding behind it, what the chunk has; how many bytes that were. */
  function takeBody(current: Body, chunk: Uint8Array): number {
    const count = Math.min(chunk.length, padded(current.size) - current.done)
    if (current.isKept && current.done < current.size) {
      current.bytes.set(
        chunk.subarray(0, Math.min(count, current.size - current.done)),
        current.done,
      )
    }
    current.done += count
    return count
  }

  function takeBlock(chunk: Uint8Array): number {
    const count = Math.min(chunk.length, BLOCK - blockLength)
    block.set(chunk.subarray(0, count), blockLength)
    blockLength += count
    return count
  }

  /** What is to be done now that the present block or body is whole. */
  function advance(): string | undefined {
    if (body !== undefined) {
      return body.done === padded(body.size) ? endEntry(body) : undefined
    }
    if (blockLength < BLOCK) return undefined
    blockLength = 0
    return startEntry()
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length && !complete; ) {
        const rest = chunk.subarray(at)
        at += body === undefined ? takeBlock(rest) : takeBody(body, rest)
        const problem = advance()
        if (problem !== undefined) return problem
      }
      return undefined
    },
    get kept() {
      return kept
    },
    get isComplete() {
      return complete
    },
    end() {
      if (complete) return entries
      if (body !== undefined || blockLength > 0) return 'it ends in the middle of an entry'
      return 'it ends without an end mark'
    },
  }
}

/** Reads a plain tar that is in memory, all of it. */
export function readTar(bytes: Uint8Array, limits: TarLimits): readonly TarEntry[] | string {
  const reader = createTarReader(limits, () => true)
  return reader.push(bytes) ?? reader.end()
}

interface Body {
  readonly header: Header
  /** undefined: the body is a name for the next entry. */
  readonly entry: TarEntry | undefined
  readonly bytes: Uint8Array
  readonly isKept: boolean
  readonly size: number
  /** Bytes that have come, of the padding too. */
  done: number
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}

function depthOf(path: string): number {
  let depth = 0
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) depth += 1
  return depth
}

function entryOf(
  { path, target, type }: Header,
  isWanted: (path: string) => boolean,
): TarEntry | string {
  switch (type) {
    case '0':
    case '\0':
      return isWanted(path) ? { kind: 'file', path, bytes: NO_BYTES } : { kind: 'skipped', path }
    case '5':
      return { kind: 'folder', path }
    case '2':
      return { kind: 'link', path, target }
    default:
      return `it holds an entry of type ${JSON.stringify(type)}, which a capture never has`
  }
}

const NO_BYTES = new Uint8Array(0)
