import type { Listing, Recording } from '../../host/archive/recording-tree.js'
import type { MemoryEntry } from '../../host/tree/memory-tree.js'
import type { ReadFailure } from '../../host/tree/tree.js'
import { joinPath, nameOf, parentOf } from '../../host/tree/tree-path.js'
import { redactConfig } from './redact-config.js'
import { redactFile } from './redact-files.js'
import { redactPart, redactPath } from './redact-names.js'
import { createRedactor, type Pseudonyms, type Redaction, type Redactor } from './redaction.js'

export interface RedactedRecording {
  readonly recording: Recording
  /** In the order of paths. */
  readonly redactions: readonly Redaction[]
}

const CONFIG = /^sys\/devices\/.*\/config$/

/**
 * A recording in which everything is replaced by pseudonyms that is not known to be the same on other hosts: in names and in
 * contents alike, so that everything still fits together and no verdict changes.
 */
export function redactRecording(recording: Recording, pseudonyms: Pseudonyms): RedactedRecording {
  const redactions: Redaction[] = []
  const at = (path: string) => createRedactor(path, pseudonyms, redactions)
  const names = new Map([['', '']])

  /** A path is told once, however often it is used, and by its new name. */
  const rename = (path: string): string => {
    const known = names.get(path)
    if (known !== undefined) return known
    const found: Redaction[] = []
    const redactor = createRedactor('', pseudonyms, found)
    const folder = parentOf(path)
    const renamed = joinPath(rename(folder), redactPart(nameOf(path), folder, redactor))
    redactions.push(...found.map((each) => ({ ...each, path: renamed })))
    names.set(path, renamed)
    return renamed
  }

  const entries = new Map<string, MemoryEntry>()
  for (const [path, entry] of recording.entries) {
    const renamed = rename(path)
    entries.set(renamed, redactEntry(renamed, entry, at(renamed)))
  }
  const listings = new Map<string, Listing>()
  for (const [path, { folder, names: listed }] of recording.listings) {
    const places = listed.map((name) => nameOf(rename(joinPath(folder, name))))
    listings.set(rename(path), { folder: rename(folder), names: places })
  }
  const failures = new Map<string, ReadFailure>()
  for (const [path, failed] of recording.failures) failures.set(rename(path), plainFailure(failed))
  const made = new Map([...recording.made].map(([path, at]) => [rename(path), at]))
  return {
    recording: { origin: recording.origin, entries, listings, failures, made },
    redactions: distinct(redactions),
  }
}

function redactEntry(path: string, entry: MemoryEntry, redactor: Redactor): MemoryEntry {
  if (entry === null) return entry
  if (typeof entry === 'string') return redactFile(path, entry, redactor)
  if ('link' in entry) return { link: redactPath(entry.link, redactor, parentOf(path)) }
  if ('config' in entry) return entry
  if ('failure' in entry) return { failure: plainFailure(entry.failure) }
  if (entry instanceof Uint8Array) return redactBytes(path, entry, redactor)
  return { ...entry, bytes: redactBytes(path, entry.bytes, redactor) }
}

/** Bytes that are no configuration space are a text that nobody could read as one. */
function redactBytes(path: string, bytes: Uint8Array, redactor: Redactor): Uint8Array {
  if (CONFIG.test(path)) return redactConfig(bytes, redactor)
  return Buffer.from(redactFile(path, Buffer.from(bytes).toString(), redactor))
}

/** Errnos of the system, and what we say ourselves of a read; a capture of a stranger can say anything. */
const DETAIL =
  /^(?:E[A-Z]{1,14}|E2BIG|not a regular file|a (?:folder|file|link)|a link that leads out of the tree|no answer|longer than \d{1,9} bytes|not part of the capture|not in the text of lspci|\d{1,5} bytes, no whole header)$/
const ERRNO =
  /^E(?:PERM|NOENT|SRCH|INTR|IO|NXIO|BADF|AGAIN|NOMEM|ACCES|BUSY|NODEV|NOTDIR|ISDIR|INVAL|NFILE|MFILE|LOOP|NAMETOOLONG|TIMEDOUT|OPNOTSUPP|REMOTEIO|STALE|OVERFLOW|NOSYS|2BIG|XDEV|ROFS|NOTCONN|HOSTDOWN)$/

function plainFailure({ why, errno, detail }: ReadFailure): ReadFailure {
  const plainErrno = errno !== null && ERRNO.test(errno) ? errno : null
  const isPlain = DETAIL.test(detail) && (!/^E/.test(detail) || ERRNO.test(detail))
  const instead = plainErrno ?? (why === 'timeout' ? 'no answer' : 'failed')
  return { why, errno: plainErrno, detail: isPlain ? detail : instead }
}

/** Paths are renamed wherever they occur; each replacement is told once. */
function distinct(redactions: readonly Redaction[]): readonly Redaction[] {
  const unique = new Map(
    redactions.map((each) => [`${each.path}\0${each.what}\0${each.before}`, each]),
  )
  return [...unique.values()].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)))
}
