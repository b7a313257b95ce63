import { type Gap, type GapWhy, known, type Observed, type Unknown, unknown } from '../gap.js'
import type { ReadFailure, TreeOrigin } from './tree.js'

/** Errnos that say more than "failed". ENODEV and ENXIO are what attributes of a disappearing device answer. */
const WHY_BY_ERRNO: ReadonlyMap<string, GapWhy> = new Map([
  ['ENOENT', 'absent'],
  ['ENOTDIR', 'absent'],
  ['EACCES', 'denied'],
  ['EPERM', 'denied'],
  ['ENODEV', 'vanished'],
  ['ENXIO', 'vanished'],
  ['ESRCH', 'vanished'],
  ['ELOOP', 'malformed'],
  ['EISDIR', 'malformed'],
  ['EINVAL', 'malformed'],
  ['ENAMETOOLONG', 'malformed'],
])

/** The failure that a thrown system error stands for. Anything else that was thrown is a bug and goes on. */
export function failureOf(error: unknown): ReadFailure {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error
  return errnoFailure(error.code)
}

/** What `read` gives, or the failure that its system error stands for. */
export function attempt<T>(read: () => T): T | ReadFailure {
  try {
    return read()
  } catch (error) {
    return failureOf(error)
  }
}

/** The failure that stands for an errno, given by name. */
export function errnoFailure(errno: string): ReadFailure {
  return { why: WHY_BY_ERRNO.get(errno) ?? 'failed', errno, detail: errno }
}

/** A failure that is no errno of the system but a finding of ours. */
export function failure(why: GapWhy, detail: string): ReadFailure {
  return { why, errno: null, detail }
}

/** Why a file that is not there is not there: a live host has none, a copy may have left it out. */
export function missingWhy(origin: TreeOrigin): 'absent' | 'not-captured' {
  return origin.kind === 'live' ? 'absent' : 'not-captured'
}

/** The gap that a failed read of `path` leaves. */
export function gapOf(origin: TreeOrigin, path: string, { why, detail }: ReadFailure): Gap {
  if (why !== 'absent') return { path, why, detail }
  return { path, why: missingWhy(origin), detail: 'no such file' }
}

/** The same as the value of a field. */
export function unknownOf(origin: TreeOrigin, path: string, failed: ReadFailure): Unknown {
  return unknown(gapOf(origin, path, failed))
}

/** The value that a failed read leaves where a live kernel without the file means `none`. */
export function orNone<T>(
  origin: TreeOrigin,
  path: string,
  failed: ReadFailure,
  none: T,
): Observed<T> {
  const isNone = failed.why === 'absent' && origin.kind === 'live'
  return isNone ? known(none) : unknownOf(origin, path, failed)
}

/** The gap of a file whose text is not what the kernel prints there; quotes the beginning of it. */
export function malformedText(path: string, text: string): Gap {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
  return { path, why: 'malformed', detail: JSON.stringify(shown) }
}
