/** Why a fact that analysis wanted is missing (`docs/reference/documents.md#common-rules`). */
export type GapWhy =
  | 'denied'
  | 'absent'
  | 'truncated'
  | 'malformed'
  | 'vanished'
  | 'asleep'
  | 'timeout'
  | 'failed'
  | 'not-captured'
  | 'unmodelled'

/** A fact that was wanted and not had: where it would stand, why it is missing, and what was seen instead. */
export interface Gap {
  /** Path of the file that would settle it, relative to the root of the tree, without a leading slash. */
  readonly path: string
  readonly why: GapWhy
  /** One short phrase for people: errno, length or value seen. */
  readonly detail: string
}

/** A value that was read, or the gap that stands in its place. Unreadable is never absent and never zero. */
export type Observed<T> = Known<T> | Unknown

export interface Known<T> {
  readonly known: true
  readonly value: T
}

export interface Unknown {
  readonly known: false
  readonly gap: Gap
}

export function known<T>(value: T): Known<T> {
  return { known: true, value }
}

export function unknown(gap: Gap): Unknown {
  return { known: false, gap }
}

/** Applies `change` to a known value; a gap stays what it is. */
export function mapObserved<T, U>(observed: Observed<T>, change: (value: T) => U): Observed<U> {
  return observed.known ? known(change(observed.value)) : observed
}
