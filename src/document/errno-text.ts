import type { ErrnoName } from '../host/scalars.js'
import { alternatives } from '../text/english.js'

/** With which errno something is refused, as far as that is known. */
interface Refused {
  readonly errno: ErrnoName | null
  /** Those that it can be, where what was not read decides which. */
  readonly possible?: readonly ErrnoName[]
}

/** `EPERM`; where only the errno is open, `EINVAL or ENODEV`; null: it is not refused, or there is nothing to call. */
export function errnoText({ errno, possible = [] }: Refused): string | null {
  return errno ?? (possible.length === 0 ? null : alternatives(possible))
}
