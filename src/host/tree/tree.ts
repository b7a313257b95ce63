import type { ConfigSpace } from '../config/config-space.js'
import type { GapWhy } from '../gap.js'

/** Where a host was read. */
export interface TreeOrigin {
  readonly kind: TreeKind
  /** Directory or archive as the user named it; null: the running host, or the demo that is shipped. */
  readonly path: string | null
}

/** What a host was read from. */
export type TreeKind =
  /** The running host. */
  | 'live'
  /** A directory that holds a copy of its files. */
  | 'directory'
  /** An archive of its files. */
  | 'capture'

/** A read that gave nothing: why, and the errno by name when the system said one. */
export interface ReadFailure {
  readonly why: GapWhy
  readonly errno: string | null
  readonly detail: string
}

/** The beginning of a file that is to be kept as it is. */
export interface PrefixRequest {
  /** Path relative to the root. */
  readonly path: string
  /** Bytes wanted; a file that ends before gives fewer. */
  readonly length: number
}

/** What could be read of it. */
export interface FilePrefix {
  readonly bytes: Uint8Array
  /** Size of the whole file: what `stat` says, or the record of a capture. */
  readonly size: number
}

/**
 * A host's files, wherever they are: the live system, a directory, an archive in memory, a literal in a test.
 * Paths are relative to the root and carry no leading slash (`sys/bus/pci/devices`). Nothing is ever written,
 * nothing outside the root is read, and no method throws for what it finds: a failure is data. Every read is synchronous; one
 * that never ends is found out by whoever waits for this process (`watch/`), and is the failure `timeout` in the next.
 */
export interface HostTree {
  /**
   * Whose rules hold for what is missing: a live host has no such file, a copy may have left it out. A capture that recorded
   * all reads of a live host answers like it.
   */
  readonly origin: TreeOrigin
  /** Where the facts come from, as reports name it; other than `origin` only for such a capture. */
  readonly source: TreeOrigin
  /** When a copy was made, ISO 8601, UTC, as it says itself; left out: it does not say. */
  readonly recordedAt?: string
  /**
   * Text of a small file, one trailing newline removed. A file longer than `limit` bytes (64 KiB unless told) is
   * `truncated`; whatever is no regular file is `malformed`.
   */
  readText(path: string, limit?: number): string | ReadFailure
  /** Target of a symbolic link as it is written in the link. */
  readLink(path: string): string | ReadFailure
  /** Names in a directory, in ascending order, without `.` and `..`. */
  list(path: string): readonly string[] | ReadFailure
  /** Walks a `config` file by small reads. */
  readConfig(path: string): ConfigSpace | ReadFailure
  /** Reads the first bytes of a file as they are: for whoever copies the tree. */
  readPrefix(request: PrefixRequest): FilePrefix | ReadFailure
  /**
   * When a file, folder or link of sysfs was made, as a number that is greater for what was made later and says nothing else:
   * kernfs numbers its nodes in that order (`__kernfs_new_node`), and shows the number as that of the inode. Links are not followed.
   */
  madeAt(path: string): number | ReadFailure
}

/** Bytes that an attribute may have unless the caller says otherwise; sysfs itself stops at one page. */
export const ATTRIBUTE_LIMIT = 65_536

/** Whether a read gave nothing. */
export function isFailure(result: unknown): result is ReadFailure {
  return typeof result === 'object' && result !== null && 'why' in result
}
