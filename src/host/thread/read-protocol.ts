import type { ConfigFile } from '../config/config-file.js'
import type { FilePrefix, PrefixRequest, ReadFailure } from '../tree/tree.js'

/**
 * What both sides see at any time, as int32: how many files of the present job are done (written by the thread at once
 * after each; -1 before it begins), and whether the thread is given up and should stop.
 */
export const DONE = 0
export const GIVEN_UP = 1
export const SHARED_BYTES = 8

/** What the thread is started with. */
export interface ReaderData {
  readonly shared: SharedArrayBuffer
}

/** Files for the thread, to be read one after the other; paths are absolute. */
export type ReadJob =
  | { readonly kind: 'configs'; readonly files: readonly ConfigFile[] }
  | { readonly kind: 'texts'; readonly files: readonly string[] }
  | { readonly kind: 'prefixes'; readonly files: readonly PrefixRequest[] }

/** Answers to the next files of the job, in order. */
export type ReadBatch = ConfigBatch | TextBatch | PrefixBatch

export interface ConfigBatch {
  readonly kind: 'configs'
  /** A number: a config space that was walked, by that many bytes of `records`. */
  readonly answers: readonly (number | ReadFailure)[]
  /** Walks on record (`config-record.ts`), one behind the other, each after the size of its file. */
  readonly records: Uint8Array<ArrayBuffer>
}

export interface TextBatch {
  readonly kind: 'texts'
  readonly answers: readonly (string | ReadFailure)[]
}

export interface PrefixBatch {
  readonly kind: 'prefixes'
  readonly answers: readonly (FilePrefix | ReadFailure)[]
}

/** Bytes before the record of a walk: the size of the file, little endian. */
export const RECORD_HEADER = 4
