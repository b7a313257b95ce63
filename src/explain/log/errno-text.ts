/** What the C library, and Rust and Python with it, print for an errno; in lower case. */
const TEXTS: ReadonlyMap<string, string> = new Map([
  ['operation not permitted', 'EPERM'],
  ['no such file or directory', 'ENOENT'],
  ['input/output error', 'EIO'],
  ['bad file descriptor', 'EBADF'],
  ['resource temporarily unavailable', 'EAGAIN'],
  ['cannot allocate memory', 'ENOMEM'],
  ['permission denied', 'EACCES'],
  ['bad address', 'EFAULT'],
  ['device or resource busy', 'EBUSY'],
  ['file exists', 'EEXIST'],
  ['no such device or address', 'ENXIO'],
  ['no such device', 'ENODEV'],
  ['invalid argument', 'EINVAL'],
  ['inappropriate ioctl for device', 'ENOTTY'],
  ['no space left on device', 'ENOSPC'],
  ['read-only file system', 'EROFS'],
  ['file descriptor in bad state', 'EBADFD'],
  ['operation not supported', 'EOPNOTSUPP'],
  ['connection timed out', 'ETIMEDOUT'],
])

const NUMBERS: ReadonlyMap<number, string> = new Map([
  [1, 'EPERM'],
  [2, 'ENOENT'],
  [5, 'EIO'],
  [6, 'ENXIO'],
  [9, 'EBADF'],
  [11, 'EAGAIN'],
  [12, 'ENOMEM'],
  [13, 'EACCES'],
  [14, 'EFAULT'],
  [16, 'EBUSY'],
  [17, 'EEXIST'],
  [19, 'ENODEV'],
  [22, 'EINVAL'],
  [25, 'ENOTTY'],
  [28, 'ENOSPC'],
  [30, 'EROFS'],
  [77, 'EBADFD'],
  [95, 'EOPNOTSUPP'],
  [110, 'ETIMEDOUT'],
])

const NAMES: ReadonlySet<string> = new Set(NUMBERS.values())

/** The errno in a text, by name: `EINVAL`, `Invalid argument`, `(os error 22)`, `Error(22)`, `[Errno 22]`, `-22`, `22`. */
export function findErrno(text: string): string | null {
  for (const [name] of text.matchAll(/\bE[A-Z]{2,15}\b/g)) {
    if (NAMES.has(name)) return name
  }
  const lower = text.toLowerCase()
  for (const [words, name] of TEXTS) {
    if (lower.includes(words)) return name
  }
  const number =
    /\b(?:os error|errno:?) (\d{1,3})\b/.exec(lower)?.[1] ??
    /\berror\((\d{1,3})\)/.exec(lower)?.[1] ??
    /^\s*-?(\d{1,3})\s*$/.exec(lower)?.[1]
  return number === undefined ? null : (NUMBERS.get(Number(number)) ?? null)
}
