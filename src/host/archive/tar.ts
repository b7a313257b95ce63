import { ArchiveRefusal } from './archive-refusal.js'
import { decodeExtension, extend, isExtension, NO_EXTENSION } from './tar-extension.js'
import { BLOCK, decodeHeader, type Header, NO_HEADER } from './tar-header.js'

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

/** Reads an archive that comes in pieces. Whatever is wrong with it is thrown as an ArchiveRefusal. */
export interface TarReader {
  push(chunk: Uint8Array): void
  /** Bytes that what is kept takes up to now. */
  readonly kept: number
  /** The end mark was seen: what follows is of no concern. */
  readonly isComplete: boolean
  /** No more pieces come. */
  end(): readonly TarEntry[]
}

/** Longest extension of an entry: names, with their pax keywords. */
const EXTENSION_LIMIT = 65_536

/** What an entry takes besides its text and bytes, as measured: objects, map slots. */
const ENTRY_COST = 600

const TOO_LONG = 'it holds a path that is too long'

/** Bytes of the archive that are wanted next: to be put into `into`, or to be passed over. */
interface Wish {
  readonly length: number
  readonly into: Uint8Array | null
}

/** `isWanted`: whether the content of a file is kept. */
export function createTarReader(limits: TarLimits, isWanted: (path: string) => boolean): TarReader {
  const block = Buffer.alloc(BLOCK)
  const keeper = createKeeper(limits, isWanted)
  const reading = takeApart(block, keeper)
  let wish = reading.next()
  let filled = 0
  return {
    push(chunk) {
      for (let at = 0; at < chunk.length && wish.done !== true; ) {
        const { length, into } = wish.value
        const count = Math.min(chunk.length - at, length - filled)
        into?.set(chunk.subarray(at, at + count), filled)
        at += count
        filled += count
        if (filled < length) continue
        filled = 0
        wish = reading.next()
      }
    },
    get kept() {
      return keeper.kept
    },
    get isComplete() {
      return wish.done === true
    },
    end() {
      if (wish.done === true) return keeper.entries
      const isBetween = wish.value.into === block && filled === 0
      throw new ArchiveRefusal(
        isBetween ? 'it ends without an end mark' : 'it ends in the middle of an entry',
      )
    },
  }
}

/** Reads a plain tar that is in memory, all of it. */
export function readTar(bytes: Uint8Array, limits: TarLimits): readonly TarEntry[] {
  const reader = createTarReader(limits, () => true)
  reader.push(bytes)
  return reader.end()
}

/** Asks for the parts of an archive one after the other, headers into `block`. Ends at the end mark. */
function* takeApart(block: Buffer, keeper: Keeper): Generator<Wish, undefined> {
  let extension = NO_EXTENSION
  for (;;) {
    yield { length: BLOCK, into: block }
    if (block.equals(NO_HEADER)) return undefined
    const header = decodeHeader(block)
    const more = keeper.bufferFor(header)
    const body = more === null ? keeper.keep(extend(header, extension)) : wishFor(more)
    if (body.length > 0) yield body
    const padding = (BLOCK - (body.length % BLOCK)) % BLOCK
    if (padding > 0) yield { length: padding, into: null }
    extension =
      more === null ? NO_EXTENSION : new Map([...extension, ...decodeExtension(header.type, more)])
  }
}

/** Keeps entries within bounds. */
interface Keeper {
  readonly entries: readonly TarEntry[]
  readonly kept: number
  /** Keeps an entry; what is to become of its body. */
  keep(header: Header): Wish
  /** Where the body of an extension goes, which is used up at once; null: it is the header of an entry. */
  bufferFor(header: Header): Buffer | null
}

function createKeeper(limits: TarLimits, isWanted: (path: string) => boolean): Keeper {
  const entries: TarEntry[] = []
  let kept = 0

  function bufferFor(header: Header): Buffer | null {
    if (!isExtension(header)) return null
    if (header.size > EXTENSION_LIMIT) throw new ArchiveRefusal(TOO_LONG)
    spend(header.size)
    return Buffer.alloc(header.size)
  }

  function keep({ path, target, type, size }: Header): Wish {
    checkPath(path, limits)
    spend(ENTRY_COST + path.length)
    if (entries.length === limits.entries) {
      throw new ArchiveRefusal(`it holds more than ${limits.entries} entries`)
    }
    switch (type) {
      case '0':
      case '\0':
        return keepFile(path, size)
      // Folders and links have no body, whatever their header says (POSIX, ustar interchange format).
      case '5':
        entries.push({ kind: 'folder', path })
        return NOTHING
      case '2':
        if (target.length > limits.pathLength) throw new ArchiveRefusal(TOO_LONG)
        spend(target.length)
        entries.push({ kind: 'link', path, target })
        return NOTHING
      default:
        throw new ArchiveRefusal(
          `it holds an entry of type ${JSON.stringify(type)}, which a capture never has`,
        )
    }
  }

  function keepFile(path: string, size: number): Wish {
    if (!isWanted(path)) {
      entries.push({ kind: 'skipped', path })
      return { length: size, into: null }
    }
    if (size > limits.fileBytes) {
      throw new ArchiveRefusal(`it holds a file of more than ${limits.fileBytes} bytes`)
    }
    spend(size)
    const bytes = new Uint8Array(size)
    entries.push({ kind: 'file', path, bytes })
    return wishFor(bytes)
  }

  /** Before anything is kept, so that nothing is allocated for what cannot be. */
  function spend(bytes: number): void {
    kept += bytes
    if (kept > limits.keptBytes) throw new ArchiveRefusal('it holds more than a capture can')
  }

  return {
    entries,
    get kept() {
      return kept
    },
    keep,
    bufferFor,
  }
}

const NOTHING: Wish = { length: 0, into: null }

function wishFor(into: Uint8Array): Wish {
  return { length: into.length, into }
}

function checkPath(path: string, limits: TarLimits): void {
  if (path.length > limits.pathLength) throw new ArchiveRefusal(TOO_LONG)
  let depth = 0
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) depth += 1
  if (depth > limits.depth) throw new ArchiveRefusal('it holds a path that is too deep')
}
