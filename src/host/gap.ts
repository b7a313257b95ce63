/** Why a fact that was wanted is missing. */
export type GapWhy =
  /** The file may not be read: root could. */
  | 'denied'
  /** There is no such file, although this kernel should have it. */
  | 'absent'
  /** The file could be read in part only, such as 64 bytes of a configuration space without root. */
  | 'truncated'
  /** The file does not hold what the kernel writes there. */
  | 'malformed'
  /** The file went away while the host was read. */
  | 'vanished'
  /** The function is runtime suspended, and reading the file would wake it. */
  | 'asleep'
  /** The file gave no answer in time. */
  | 'timeout'
  /** The read ended with another error. */
  | 'failed'
  /** The copy of the host that was read does not hold the file; the host itself may. */
  | 'not-captured'
  /** The kernel makes the file when a driver is first bound to the function, and none was. */
  | 'pending'
  /** The kernel knows and shows it in no file. */
  | 'unshown'
  /** What this kernel release does in the case is not known. */
  | 'unmodelled'

/** A fact that was wanted and not had: where it would stand, why it is missing, and what was seen instead. */
export interface Gap {
  /** File that would settle it, relative to the root of the tree, without a leading slash. */
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

/** A certain yes. What was not read is neither a yes nor a no. */
export function isYes(answer: Observed<boolean>): boolean {
  return answer.known && answer.value
}

/** A certain no. */
export function isNo(answer: Observed<boolean>): boolean {
  return answer.known && !answer.value
}

/** Whether it is known to be just that; `null`: known to be none. */
export function isKnownAs<T>(observed: Observed<T>, value: T): boolean {
  return observed.known && observed.value === value
}

/** For whom unknown comes to the same as none. */
export function valueOrNull<T>(observed: Observed<T>): T | null {
  return observed.known ? observed.value : null
}

/** Applies `change` to a known value; a gap stays what it is. */
export function mapObserved<T, U>(observed: Observed<T>, change: (value: T) => U): Observed<U> {
  return observed.known ? known(change(observed.value)) : observed
}
